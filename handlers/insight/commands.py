"""Understands what follows /crisis digest, in whichever order and language of ours it was typed. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from handlers.insight.slots import DAILY, HOURLY, SPIKE, WEEKLY
from handlers.typed import Help, unknown


@dataclass(frozen=True)
class Asked:
    """`target`: #channel, @account or an address, "" for where it was typed. What is "" or None was not said."""

    target: str = ""
    rhythm: str = ""
    at: str = ""
    weekday: int | None = None
    timezone: str = ""
    language: str = ""


@dataclass(frozen=True)
class Subscribe:
    asked: Asked


@dataclass(frozen=True)
class Unsubscribe:
    asked: Asked


@dataclass(frozen=True)
class ListDigests:
    pass


@dataclass(frozen=True)
class SendNow:
    asked: Asked


@dataclass(frozen=True)
class PreviewDigest:
    asked: Asked


OfDigests = Subscribe | Unsubscribe | ListDigests | SendNow | PreviewDigest
TAKES_TIME = (SendNow, PreviewDigest)  # longer than a workspace waits for its answer
_ACTS: Mapping[str, Callable[[Asked], OfDigests | Help]] = {
    **dict.fromkeys(("subscribe", "suscribir", "suscribe", "alta", "abonner", "abonne"), Subscribe),
    **dict.fromkeys(("unsubscribe", "desuscribir", "baja", "cancelar", "desabonner", "resilier", "stop"), Unsubscribe),
    **dict.fromkeys(("list", "lista", "liste"), lambda _: ListDigests()),
    **dict.fromkeys(("now", "ahora", "maintenant"), SendNow),
    **dict.fromkeys(("preview", "ver", "vista", "apercu", "voir"), PreviewDigest),
    **dict.fromkeys(("help", "ayuda", "aide"), lambda _: Help()),
}
_RHYTHMS = {
    **dict.fromkeys(("daily", "diario", "diaria", "diariamente", "quotidien", "quotidienne"), DAILY),
    **dict.fromkeys(("weekly", "semanal", "semanalmente", "hebdomadaire", "hebdo"), WEEKLY),
    **dict.fromkeys(("hourly", "horario", "horaria", "horaire"), HOURLY),
    **dict.fromkeys(("on-spike", "spike", "spikes", "pico", "picos", "pic", "pics"), SPIKE),
}
_UNITS = {
    **dict.fromkeys(("day", "dia", "dias", "jour", "jours"), DAILY),
    **dict.fromkeys(("week", "semana", "semaine"), WEEKLY),
    **dict.fromkeys(("hour", "hora", "heure"), HOURLY),
}
_WEEKDAYS = {
    name: day
    for day, names in enumerate((
        ["monday", "mon", "mondays", "lunes", "lundi", "lundis"],
        ["tuesday", "tue", "tuesdays", "martes", "mardi", "mardis"],
        ["wednesday", "wed", "wednesdays", "miercoles", "mercredi", "mercredis"],
        ["thursday", "thu", "thursdays", "jueves", "jeudi", "jeudis"],
        ["friday", "fri", "fridays", "viernes", "vendredi", "vendredis"],
        ["saturday", "sat", "saturdays", "sabado", "sabados", "samedi", "samedis"],
        ["sunday", "sun", "sundays", "domingo", "domingos", "dimanche", "dimanches"],
    ))
    for name in names
}  # fmt: skip
_LANGUAGES = {
    **dict.fromkeys(("en", "english", "ingles", "anglais"), "en"),
    **dict.fromkeys(("es", "spanish", "espanol", "espagnol", "castellano"), "es"),
    **dict.fromkeys(("fr", "french", "frances", "francais"), "fr"),
}
_FILLERS = frozenset((
    "at", "in", "to", "on", "for", "every", "each", "the", "a", "al", "el", "la", "las", "los", "de", "cada", "todos", "para", "le",
    "les", "chaque", "tous", "toutes", "pour", "dans", "par", "per", "h", "hrs", "please",
))  # fmt: skip
_TIME = re.compile(r"(?P<hour>[01]?\d|2[0-3])(?:[:.h](?P<minute>[0-5]\d)|(?=h$|am$|pm$))(?:h|(?P<half>am|pm))?")
_MINUTE = re.compile(r"(?:xx)?:([0-5]\d)")
_TARGET = re.compile(r"#\S+|<#[^>]*>|@\S+|[^@\s]+@[^@\s]+\.[^@\s]+")


def understand(rest: Sequence[str]) -> OfDigests | Help:
    """Any words give a command, or say which of them is not known."""
    if not rest:
        return ListDigests()
    act = _ACTS.get(folded(rest[0]))
    if act is None:
        return unknown(f"digest {rest[0]}", [f"digest {one}" for one in ("subscribe", "unsubscribe", "list", "now", "preview")])
    asked, words = Asked(), list(_joined(rest[1:]))
    for word, following in zip(words, [*words, ""][1:], strict=True):
        added = asked if folded(word) == "en" and _is_in(following) else _said(word, asked)
        if added is None:
            return unknown(word, [*_RHYTHMS, *_WEEKDAYS, *_LANGUAGES, *_ACTS])
        asked = added
    return act(asked)


def _is_in(following: str) -> bool:
    """Whether `en` before this word is Spanish or French for "in", and no language."""
    return bool(_TARGET.fullmatch(following)) or folded(following) in _LANGUAGES or folded(following) in _zones()


def _joined(words: Sequence[str]) -> Iterator[str]:
    """`8:30 pm` is one word."""
    left = list(words)
    while left:
        word = left.pop(0)
        yield word + left.pop(0) if left and left[0].lower() in ("am", "pm") else word


def _said(word: str, asked: Asked) -> Asked | None:
    """What one word adds; None when it says nothing that we know."""
    plain = folded(word).strip(",;")
    if _TARGET.fullmatch(word):
        return replace(asked, target=word)
    if plain in _WEEKDAYS:
        return replace(asked, weekday=_WEEKDAYS[plain], rhythm=asked.rhythm or WEEKLY)
    known: dict[str, Any] = {
        "rhythm": _RHYTHMS.get(plain) or _UNITS.get(plain),
        "at": _time(plain),
        "language": _LANGUAGES.get(plain),
        "timezone": _zones().get(plain),
    }
    said = {name: value for name, value in known.items() if value}
    return replace(asked, **said) if said or plain in _FILLERS else None


def _time(word: str) -> str:
    """HH:MM; "" for what is no time. Of `:15` the hour is 0."""
    if minute := _MINUTE.fullmatch(word):
        return f"00:{minute[1]}"
    found = _TIME.fullmatch(word)
    if found is None:
        return ""
    hour, half = int(found["hour"]), found["half"]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{found['minute'] or '00'}"


@cache
def _zones() -> Mapping[str, str]:
    """Names of time zones by what people type: in full, or the city alone where only one zone has it."""
    full = {folded(zone): zone for zone in available_timezones()}
    cities: dict[str, set[str]] = {}
    for zone in full.values():
        if "/" in zone:
            cities.setdefault(folded(zone.rpartition("/")[2]), set()).add(zone)
    return {city: min(zones) for city, zones in cities.items() if len(zones) == 1} | full


def folded(word: str) -> str:
    """Without accents or capitals."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))


VERBS: Mapping[str, Callable[[Sequence[str]], OfDigests | Help]] = dict.fromkeys(("digest", "resumen", "bilan"), understand)

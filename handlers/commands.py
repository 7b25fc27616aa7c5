"""Understands what follows /crisis, whichever workspace it was typed in. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handlers.answers.commands import VERBS as OF_ANSWERS
from handlers.answers.commands import OfAnswers
from handlers.escalation.commands import VERBS as OF_LADDERS
from handlers.escalation.commands import OfLadders
from handlers.insight.commands import VERBS as OF_DIGESTS
from handlers.insight.commands import OfDigests
from handlers.insight.seeking import VERBS as OF_SEEKING
from handlers.insight.seeking import Find
from handlers.room.commands import VERBS as OF_ROOM
from handlers.room.commands import OfRoom
from handlers.typed import Help as Help  # noqa: PLC0414 - doors take it from here
from handlers.typed import number as number_of
from handlers.typed import unknown


@dataclass(frozen=True)
class OpenCrisis:
    name: str


@dataclass(frozen=True)
class CloseCrisis:
    pass


@dataclass(frozen=True)
class ShowStatus:
    pass


@dataclass(frozen=True)
class TakeNext:
    """`crisis` None: of either team."""

    crisis: bool | None = None


@dataclass(frozen=True)
class ShowCase:
    number: int


@dataclass(frozen=True)
class CloseCase:
    number: int


@dataclass(frozen=True)
class LogContact:
    pass


@dataclass(frozen=True)
class ListPeople:
    pass


@dataclass(frozen=True)
class AddPerson:
    """`account` is theirs in the workspace that the command came from."""

    name: str
    roles: tuple[str, ...] = ()
    account: str = ""
    email: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangePerson(AddPerson):
    """What is empty stays as it is."""


@dataclass(frozen=True)
class RemovePerson:
    name: str


OfCrisis = OpenCrisis | CloseCrisis
OfCase = TakeNext | ShowCase | CloseCase
OfPeople = ListPeople | AddPerson | ChangePerson | RemovePerson
Command = OfCrisis | OfCase | OfPeople | OfRoom | OfAnswers | OfLadders | OfDigests | Find | ShowStatus | LogContact | Help
_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟", '"'))
_WORD = re.compile(r'"([^"]*)(?:"|$)|(\S+)')
_KINDS: Mapping[str, bool] = {"crisis": True, "ordinary": False}


def parse(text: str) -> Command:
    """Any text gives a command. Words in quotes, of whichever shape, stay together; the case of a letter says nothing."""
    words = [(quoted or bare).strip() for quoted, bare in _WORD.findall(text.translate(_QUOTES))]
    if not words:
        return Help()
    verb, rest = words[0].lower(), words[1:]
    understand = _VERBS.get(verb)
    return understand(rest) if understand else unknown(verb, list(_VERBS))


def _open(rest: Sequence[str]) -> Command:
    """An empty name is refused by the act itself, which knows how to say so."""
    return OpenCrisis(" ".join(rest))


def _close(rest: Sequence[str]) -> Command:
    what = rest[0].lower() if rest else ""
    number = number_of(what)
    if what == "crisis":
        return CloseCrisis()
    return CloseCase(number) if number is not None else unknown(f"close {what}".strip(), ["close crisis"])


def _next(rest: Sequence[str]) -> Command:
    if not rest:
        return TakeNext()
    kind = _KINDS.get(rest[0].lower())
    return TakeNext(kind) if kind is not None else unknown(f"next {rest[0]}", [f"next {kind}" for kind in _KINDS])


def _show(rest: Sequence[str]) -> Command:
    number = number_of(rest[0]) if rest else None
    return ShowCase(number) if number is not None else unknown(" ".join(["show", *rest[:1]]), ["show 7"])


def _people(rest: Sequence[str]) -> Command:
    act = rest[0].lower() if rest else "list"
    name = rest[1] if len(rest) > 1 else ""
    if act == "list":
        return ListPeople()
    if act == "remove":
        return RemovePerson(name)
    if act in ("add", "change"):
        described = _described(name, rest[2:])
        return described if act == "add" else ChangePerson(**vars(described))
    return unknown(f"people {act}", [f"people {one}" for one in ("list", "add", "change", "remove")])


def _described(name: str, words: Sequence[str]) -> AddPerson:
    """What each word says of a person: an account begins with @, an address holds one, languages have two letters, the rest are roles."""
    account, email, roles, languages = "", "", [], []
    for word in words:
        parts = [part.strip().lower() for part in word.split(",") if part.strip()]
        if word.startswith("@"):
            account = word[1:]
        elif "@" in word:
            email = word
        elif all(len(part) == 2 for part in parts):
            languages += parts
        else:
            roles += parts
    return AddPerson(name, tuple(roles), account, email, tuple(languages))


_VERBS: Mapping[str, Callable[[Sequence[str]], Command]] = {
    "open": _open,
    "close": _close,
    "status": lambda _: ShowStatus(),
    "next": _next,
    "show": _show,
    **OF_ROOM,
    **OF_ANSWERS,
    **OF_LADDERS,
    **OF_SEEKING,
    **OF_DIGESTS,
    "log": lambda _: LogContact(),
    "people": _people,
    "help": lambda _: Help(),
}

"""Form → Adaptive Card with inputs, in a window or in a chat, and what a person filled into it; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from bot.teams.cards import NEAR, content
from bot.teams.markup import Json, Line, plain_words, quoted, rich
from handlers.ports import CustomerText, Field, FieldKind, Form, Option, Words

LABEL, OPTION, OPTIONS, QUOTE, SENTENCE = 300, 100, 100, 3000, 3000
BEGUN = "begun"  # of what is sent in with a form: what we had put into its fields
FILL, REFILL = "fill", "refill"  # verbs of a form in a chat; with the second it begins anew from what was chosen
CARRIED = ("form", "ids", "origin", BEGUN, REFILL)  # with what is sent in, besides the inputs
FEW = 3  # choices that stand open
# How the id of an input begins, before the name of its field. A moment has two inputs; of several choices each is percent-encoded.
TEXT, ONE, MANY, DATE, TIME = INPUTS = ("in.", "one.", "many.", "date.", "time.")
_HOUR = re.compile(r"\d\d:\d\d")
Answers = Mapping[str, tuple[str, ...]]
Origin = Mapping[str, str]


def form_content(
    form: Form,
    language: str,
    origin: Origin,
    *,
    in_chat: bool = False,
    errors: Mapping[str, Words] | None = None,
    timezone: str = "UTC",
) -> Json:
    """`origin` says where the form was asked for, so that its answer can be shown there; it stays with the form, unseen. An error is said
    above its field, or at the top. A window shows the form's title itself; `timezone` is the clock of whoever fills it in.
    """
    said, fields = errors or {}, [field for field in form.fields if _can_be_asked(field)]
    sender = _Sender(form, origin, in_chat)
    title = Line.of(form.title, language).element({}, {"weight": "bolder", "size": "medium"}, {})
    at_top = [words for name, words in said.items() if name not in {field.name for field in fields}]
    body = [
        *([title] if in_chat else []),
        *(_error(words, language) for words in at_top),
        *_intro(form.intro, language),
        *(one for field in fields for one in _field(field, language, said.get(field.name), timezone, sender)),
    ]
    return content(body, language, actions=[sender.button(plain_words(form.submit, language, OPTION), style="positive")])


def as_sent(data: Mapping[str, Any], error: Words, language: str) -> Json:
    """A form of which nothing is known but what came with it: what was typed can be read and sent again, what was chosen goes along."""
    typed = {name: str(value) for name, value in data.items() if name.startswith(TEXT) and value}
    along = {name: value for name, value in data.items() if name in CARRIED or name.startswith(INPUTS)}
    asked = {"label": plain_words(Words("form.typed"), language, LABEL), "spacing": "medium"}
    body = [
        _error(error, language),
        *({"type": "Input.Text", "id": name, **asked, "isMultiline": True, "value": text} for name, text in typed.items()),
    ]
    again = {"type": "Action.Submit", "title": plain_words(Words("form.again"), language, OPTION), "style": "positive"}
    return content(body, language, actions=[{**again, "data": {name: value for name, value in along.items() if name not in typed}}])


def answers(data: Mapping[str, Any]) -> Answers:
    """What stands in each field of a form that was sent in; an empty field is left out."""
    found = {**_moments(data), **_chosen(data)}
    typed = {_field_of(name): (str(value),) for name, value in data.items() if name.startswith((TEXT, ONE)) and value not in (None, "")}
    return {**typed, **found}


def begun(data: Mapping[str, Any]) -> Answers:
    """What we had put into each field, of a form that can be begun anew."""
    kept = data.get(BEGUN)
    return {str(name): tuple(map(str, values)) for name, values in kept.items()} if isinstance(kept, dict) else {}


def origin_of(data: Mapping[str, Any]) -> dict[str, str]:
    kept = data.get("origin")
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


@dataclass(frozen=True)
class _Sender:
    """Makes the buttons that send a form in: a window knows Action.Submit alone, a card in a chat is answered by Action.Execute."""

    form: Form
    origin: Origin
    in_chat: bool

    @property
    def refills(self) -> bool:
        return any(field.refills for field in self.form.fields)

    def button(self, title: str, *, style: str = "default", refill: str = "") -> Json:
        data = {"form": self.form.name, "ids": self.form.ids, "origin": dict(self.origin), **self._begun()}
        about = {"title": title, "style": style, "data": {**data, **({REFILL: refill} if refill else {})}}
        submit = {"type": "Action.Submit", **about}
        if not self.in_chat:
            return submit
        return {"type": "Action.Execute", "verb": REFILL if refill else FILL, **about, "fallback": submit}

    def _begun(self) -> Json:
        return {BEGUN: {field.name: list(field.initial) for field in self.form.fields if any(field.initial)}} if self.refills else {}


def _error(words: Words, language: str) -> Json:
    return rich(f"⚠ {plain_words(words, language, SENTENCE)}", {"color": "attention", "weight": "bolder"}, {"spacing": "medium"})


def _intro(intro: Sequence[Words | CustomerText], language: str) -> Iterator[Json]:
    for one in intro:
        if isinstance(one, Words):
            yield Line.of(one, language).cut(SENTENCE).element({}, {}, {"spacing": "small"})
        elif said := quoted(one, QUOTE):
            yield {"type": "Container", "style": "emphasis", "items": [rich(said, {}, {})]}


def _can_be_asked(field: Field) -> bool:
    return bool(field.options) or field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES)


def _field(field: Field, language: str, error: Words | None, timezone: str, sender: _Sender) -> Iterator[Json]:
    if error:
        yield _error(error, language)
    asked = _asked(field, language, needed=not (field.optional or sender.refills))
    match field.kind:
        case FieldKind.MOMENT:
            yield _moment(field, asked, language, timezone)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            yield _choice(field, asked, language)
        case _:
            yield _typed(field, asked)
    if field.refills:
        again = sender.button(plain_words(Words("form.use_this"), language, OPTION), refill=field.name)
        yield {"type": "ActionSet", "actions": [again], **NEAR}


def _asked(field: Field, language: str, *, needed: bool) -> Json:
    """`needed`: Teams itself asks for what is missing. In a form that can be begun anew we do, since it may have gaps then."""
    missing = {"isRequired": True, "errorMessage": plain_words(Words("form.missing"), language, LABEL)} if needed else {}
    return {"label": plain_words(field.label, language, LABEL), "spacing": "medium", **missing}


def _typed(field: Field, asked: Json) -> Json:
    """What stands there already is never cut."""
    text = field.initial[0] if field.initial else ""
    initial = {"value": text} if text else {}
    long = {"isMultiline": True} if field.kind is FieldKind.LONG else {}
    return {"type": "Input.Text", "id": f"{TEXT}{field.name}", **asked, "maxLength": max(1, field.most, len(text)), **long, **initial}


def _choice(field: Field, asked: Json, language: str) -> Json:
    many, options = field.kind is FieldKind.CHOICES, field.options[:OPTIONS]
    initial = [_kept(one, many=many) for one in options if one.value in field.initial][: None if many else 1]
    return {
        "type": "Input.ChoiceSet",
        "id": f"{MANY if many else ONE}{field.name}",
        **asked,
        "style": "expanded" if many or (len(options) <= FEW and not field.refills) else "compact",
        "isMultiSelect": many,
        "wrap": True,
        "choices": [{"title": plain_words(one.label, language, OPTION), "value": _kept(one, many=many)} for one in options],
        **({"value": ",".join(initial)} if initial else {}),
    }


def _kept(option: Option, *, many: bool) -> str:
    """Of several choices Teams makes one text, with commas between."""
    return quote(option.value, safe=" :") if many else option.value


def _moment(field: Field, asked: Json, language: str, timezone: str) -> Json:
    """By the clock of whoever fills it in, side by side."""
    day, hour = _clock(field.initial[0], timezone) if field.initial and field.initial[0] else ("", "")
    inputs = (
        {"type": "Input.Date", "id": f"{DATE}{field.name}", **asked, **({"value": day} if day else {})},
        {
            "type": "Input.Time",
            "id": f"{TIME}{field.name}",
            **asked,
            "label": plain_words(Words("form.time"), language, LABEL),
            **({"value": hour} if hour else {}),
        },
    )
    columns = [
        {"type": "Column", "width": width, "verticalContentAlignment": "bottom", "items": [one]}
        for width, one in zip((3, 2), inputs, strict=True)
    ]
    return {"type": "ColumnSet", "spacing": "medium", "columns": columns}


def _clock(typed: str, timezone: str) -> tuple[str, str]:
    """What names no zone was typed by that clock; of what is no moment as much as can be shown again."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        day, _, hour = typed.rpartition("T")
        return day, hour if _HOUR.fullmatch(hour) else ""
    here = moment.astimezone(ZoneInfo(timezone)) if moment.tzinfo else moment
    return here.strftime("%Y-%m-%d"), here.strftime("%H:%M")


def _moments(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """An hour alone is the next such one; a day without its hour is no moment, and is said to be none."""
    names = {_field_of(name) for name in data if name.startswith((DATE, TIME))}
    parts = {name: (str(data.get(f"{DATE}{name}") or ""), str(data.get(f"{TIME}{name}") or "")) for name in names}
    return {name: (f"{day}T{hour}" if day else hour,) for name, (day, hour) in parts.items() if day or hour}


def _field_of(name: str) -> str:
    return name.partition(".")[2]


def _chosen(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    several = {_field_of(name): str(value).split(",") for name, value in data.items() if name.startswith(MANY) and value}
    return {name: tuple(unquote(one) for one in values) for name, values in several.items()}

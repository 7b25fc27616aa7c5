"""Form → modal, and what a person filled into it; pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.slack.markup import Json, plain_text, quoted, rich
from bot.slack.pieces import joined, pieces
from bot.voice import cut
from handlers.ports import CustomerText, Field, FieldKind, Form, Option, Words

TITLE, LABEL, OPTION, VALUE, OPTIONS, TYPED, METADATA = 24, 2000, 75, 150, 100, 3000, 3000
REFILL = "refill"  # how the name of a select begins whose choice begins the form anew
Answers = Mapping[str, tuple[str, ...]]
Origin = Mapping[str, str]


def form_view(form: Form, language: str, origin: Origin) -> Json:
    """`origin` says where the form was asked for, so that its answer can be shown there; it stays with the form, unseen.

    Slack keeps what was typed wherever an input has the name that it had before: another `turn` gives each input another name.
    """
    turn = f"@{origin['turn']}" if origin.get("turn") else ""
    return {
        "type": "modal",
        "callback_id": form.name[:255],
        "title": plain_text(form.title, language, TITLE),
        "submit": plain_text(form.submit, language, TITLE),
        "close": plain_text(Words("form.cancel"), language, TITLE),
        "private_metadata": _kept(form.ids, origin),
        "blocks": [
            *_intro(form.intro, language),
            *(one for field in form.fields if _can_be_asked(field) for one in _inputs(field, language, turn)),
        ],
    }


def words_view(title: Words, body: Sequence[Words], language: str) -> Json:
    """A modal that only says something."""
    return {
        "type": "modal",
        "title": plain_text(title, language, TITLE),
        "close": plain_text(Words("command.put_away"), language, TITLE),
        "blocks": [{"type": "section", "text": plain_text(words, language, 3000)} for words in body],
    }


def loading_view(language: str) -> Json:
    """Shown at once, since Slack lets only three seconds pass before a form must be open."""
    return words_view(Words("form.loading"), (Words("form.loading"),), language)


def _kept(ids: str, origin: Origin) -> str:
    whole = json.dumps({**origin, "ids": ids})
    return whole if len(whole) <= METADATA else json.dumps({"ids": ids[:200]})


def answers(view: Json) -> Answers:
    """What stands in each field of a submitted form; an empty field is left out."""
    return _by_field({block_id: _chosen(next(iter(controls.values()), {})) for block_id, controls in view["state"]["values"].items()})


def shown(view: Json) -> Answers:
    """What we had put into each field."""
    return _by_field({block["block_id"]: _initial(block["element"]) for block in view["blocks"] if block["type"] == "input"})


def _by_field(inputs: Mapping[str, tuple[str, ...]]) -> Answers:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for block_id, values in inputs.items():
        if values:
            found.setdefault(field_of(block_id), {})[block_id] = values
    return {name: next(iter(parts.values())) if len(parts) == 1 else (joined(parts),) for name, parts in found.items()}


def field_of(block_id: str) -> str:
    """A block is named for its field, then for its turn and its piece of a long text: text@2~1."""
    return block_id.partition("~")[0].partition("@")[0]


def origin_of(view: Json) -> dict[str, str]:
    kept = json.loads(view.get("private_metadata") or "{}")
    return {str(name): str(value) for name, value in kept.items()}


def error_place(view: Json, field: object) -> str:
    """The input under which an error is shown: its field's own if the form has it, else the first."""
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    return str(next((one for one in inputs if field_of(one) == field), inputs[0]))


def _intro(intro: Sequence[Words | CustomerText], language: str) -> list[Json]:
    blocks = []
    for one in intro:
        quote = isinstance(one, CustomerText)
        elements = quoted(one, TYPED) if isinstance(one, CustomerText) else rich(one, language, TYPED)
        if elements:
            part = {"type": "rich_text_quote" if quote else "rich_text_section", "elements": elements}
            blocks.append({"type": "rich_text", "elements": [part]})
    return blocks


def _can_be_asked(field: Field) -> bool:
    return bool(field.options) or field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES)


def _inputs(field: Field, language: str, turn: str) -> Iterator[Json]:
    """One input, or several for a text that is longer than one of them takes."""
    text = field.initial[0] if field.initial and field.kind is FieldKind.LONG else ""
    if len(text) <= min(field.most, TYPED):
        yield _input(field, language, turn)
        return
    parts = pieces(text, TYPED)
    for number, (name, piece) in enumerate(parts, 1):
        one = replace(field, initial=(piece,), most=TYPED, optional=field.optional or number > 1)
        made = _input(one, language, f"{turn}~{name}")
        label = f"{cut(made['label']['text'], LABEL - 10)} ({number}/{len(parts)})"
        yield {**made, "label": {**made["label"], "text": label}}


def _input(field: Field, language: str, suffix: str) -> Json:
    how = {FieldKind.CHOICE: _choice, FieldKind.CHOICES: _choices, FieldKind.MOMENT: _moment}.get(field.kind, _typed)
    name = field.name[: 255 - len(suffix)]
    return {
        "type": "input",
        "block_id": f"{name}{suffix}",
        "optional": field.optional,
        "label": plain_text(field.label, language, LABEL),
        "element": {"action_id": f"{REFILL}:{name}"[:255] if field.refills else f"{name}{suffix}", **how(field, language)},
        **({"dispatch_action": True} if field.refills else {}),
    }


def _typed(field: Field, _language: str) -> Json:
    most = max(1, min(field.most, TYPED))
    initial = {"initial_value": cut(field.initial[0], most)} if field.initial and field.initial[0] else {}
    return {"type": "plain_text_input", "multiline": field.kind is FieldKind.LONG, "max_length": most, **initial}


def _choice(field: Field, language: str) -> Json:
    options = _options(field.options, language)
    initial = [option for option in options if option["value"] in field.initial]
    return {"type": "static_select", "options": options, **({"initial_option": initial[0]} if initial else {})}


def _choices(field: Field, language: str) -> Json:
    options = _options(field.options, language)
    initial = [option for option in options if option["value"] in field.initial]
    return {"type": "multi_static_select", "options": options, **({"initial_options": initial} if initial else {})}


def _moment(field: Field, _language: str) -> Json:
    initial = {"initial_date_time": int(datetime.fromisoformat(field.initial[0]).timestamp())} if field.initial else {}
    return {"type": "datetimepicker", **initial}


def _options(options: Sequence[Option], language: str) -> list[Json]:
    return [{"text": plain_text(option.label, language, OPTION), "value": option.value[:VALUE]} for option in options[:OPTIONS]]


def _chosen(control: Mapping[str, Any]) -> tuple[str, ...]:
    match control.get("type"):
        case "static_select":
            option = control.get("selected_option")
            return (str(option["value"]),) if option else ()
        case "multi_static_select":
            return tuple(str(option["value"]) for option in control.get("selected_options") or ())
        case "datetimepicker":
            seconds = control.get("selected_date_time")
            return (str(seconds),) if seconds else ()
    typed = control.get("value")
    return (str(typed),) if typed else ()


def _initial(element: Mapping[str, Any]) -> tuple[str, ...]:
    """As `_chosen` reads the same control after a person was at it."""
    initials = {"initial_option": "selected_option", "initial_options": "selected_options", "initial_date_time": "selected_date_time"}
    return _chosen({initials.get(name, "value" if name == "initial_value" else name): value for name, value in element.items()})

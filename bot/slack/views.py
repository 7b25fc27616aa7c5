"""Form → modal, and what a person filled into it; pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.markup import Json, calm, cut, plain_text, quoted, rich
from handlers.ports import CustomerText, Field, FieldKind, Form, Option, Words

TITLE, LABEL, OPTION, VALUE, OPTIONS, TYPED, METADATA = 24, 2000, 75, 150, 100, 3000, 3000
Answers = Mapping[str, tuple[str, ...]]
Origin = Mapping[str, str]


def form_view(form: Form, language: str, origin: Origin) -> Json:
    """`origin` says where the form was asked for, so that its answer can be shown there; it stays with the form, unseen."""
    return {
        "type": "modal",
        "callback_id": form.name[:255],
        "title": plain_text(form.title, language, TITLE),
        "submit": plain_text(form.submit, language, TITLE),
        "close": plain_text(Words("form.cancel"), language, TITLE),
        "private_metadata": _kept(form.ids, origin),
        "blocks": [*_intro(form.intro, language), *(_input(field, language) for field in form.fields if _can_be_asked(field))],
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
    found = {}
    for name, controls in view["state"]["values"].items():
        values = _chosen(next(iter(controls.values()), {}))
        if values:
            found[name] = values
    return found


def origin_of(view: Json) -> dict[str, str]:
    kept = json.loads(view.get("private_metadata") or "{}")
    return {str(name): str(value) for name, value in kept.items()}


def error_place(view: Json, field: object) -> str:
    """The field under which an error is shown: its own if the form has it, else the first."""
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    return str(field) if field in names else names[0]


def _intro(intro: Sequence[Words | CustomerText], language: str) -> list[Json]:
    blocks = []
    for one in intro:
        quote = isinstance(one, CustomerText)
        elements = quoted(one, TYPED) if isinstance(one, CustomerText) else rich(one, language, TYPED, calm)
        if elements:
            part = {"type": "rich_text_quote" if quote else "rich_text_section", "elements": elements}
            blocks.append({"type": "rich_text", "elements": [part]})
    return blocks


def _can_be_asked(field: Field) -> bool:
    return bool(field.options) or field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES)


def _input(field: Field, language: str) -> Json:
    how = {FieldKind.CHOICE: _choice, FieldKind.CHOICES: _choices, FieldKind.MOMENT: _moment}.get(field.kind, _typed)
    return {
        "type": "input",
        "block_id": field.name[:255],
        "optional": field.optional,
        "label": plain_text(field.label, language, LABEL),
        "element": {"action_id": field.name[:255], **how(field, language)},
    }


def _typed(field: Field, _language: str) -> Json:
    most = max(1, min(field.most, TYPED))
    initial = {"initial_value": cut(field.initial[0], most)} if field.initial else {}
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

"""Block Kit's texts, options and interactive elements, with Slack's published lengths."""

from collections.abc import Iterator
from typing import Any

from .shapes import (
    Rule,
    also,
    boolean,
    by_type,
    exactly_one,
    integer,
    items,
    one_of,
    shape,
    string,
    wrong,
)

# https://docs.slack.dev/reference/block-kit/composition-objects/text-object
TYPE: Rule = string()
ID: Rule = string(255)
URL: Rule = string(3000, pattern=r"(?s)(https?|mailto|slack|tel):.*")


def text(most: int, *kinds: str) -> Rule:
    """A text object of at most `most` characters; any kind when none is named."""
    plain = shape({"type": TYPE, "text": string(most)}, {"emoji": boolean})
    marked = shape({"type": TYPE, "text": string(most)}, {"verbatim": boolean})
    table = {"plain_text": plain, "mrkdwn": marked}
    return by_type({kind: table[kind] for kind in kinds or table})


def plain(most: int) -> Rule:
    return text(most, "plain_text")


CONFIRM = shape(
    {"title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(kinds: tuple[str, ...] = ("plain_text",), with_url: bool = False) -> Rule:
    optional: dict[str, Rule] = {"description": text(75, *kinds)}
    if with_url:
        optional["url"] = URL
    return shape({"text": text(75, *kinds), "value": string(150, least=0)}, optional)


PLAIN_OPTION = option()
MARKED_OPTION = option(("plain_text", "mrkdwn"))
OPTION_GROUP = shape({"label": plain(75), "options": items(PLAIN_OPTION, 100)})
DISPATCH = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})
FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"\d{2}:\d{2}")


def element(required: dict[str, Rule], optional: dict[str, Rule]) -> Rule:
    return shape({"type": TYPE, **required}, {"action_id": ID, **optional})


def _chosen_among_options(value: Any, at: str) -> Iterator[str]:
    """An initial choice must be one of the options, letter by letter."""
    offered = list(value.get("options", []))
    for group in value.get("option_groups", []):
        offered += group["options"]
    chosen = value.get("initial_options", [])
    if "initial_option" in value:
        chosen = [*chosen, value["initial_option"]]
    if any(choice not in offered for choice in chosen):
        yield wrong("initial_option must match one of the options", at)


def _select(extra: dict[str, Rule], several: bool, required: dict[str, Rule] | None = None) -> Rule:
    optional: dict[str, Rule] = {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean, **extra}
    if several:
        optional["max_selected_items"] = integer(1)
    return element(required or {}, optional)


def _static_select(several: bool) -> Rule:
    initial: dict[str, Rule] = {"initial_options": items(PLAIN_OPTION, 100)} if several else {"initial_option": PLAIN_OPTION}
    lists = {"options": items(PLAIN_OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
    return also(_select({**lists, **initial}, several), exactly_one("options", "option_groups"), _chosen_among_options)


BUTTON = element(
    {"text": plain(75)},
    {
        "value": string(2000, least=0),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE = also(
    shape({"type": TYPE, "alt_text": string(2000)}, {"image_url": URL, "slack_file": shape({}, {"id": ID, "url": URL})}),
    exactly_one("image_url", "slack_file"),
)
TYPED: dict[str, Rule] = {
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH,
    "focus_on_load": boolean,
}
ONE_RESPONSE: dict[str, Rule] = {"response_url_enabled": boolean}
CHOICES = items(MARKED_OPTION, 10)

SELECTS: dict[str, Rule] = {
    "static_select": _static_select(several=False),
    "external_select": _select({"initial_option": PLAIN_OPTION, "min_query_length": integer(0)}, several=False),
    "users_select": _select({"initial_user": ID}, several=False),
    "conversations_select": _select(
        {"initial_conversation": ID, "default_to_current_conversation": boolean, "filter": FILTER, **ONE_RESPONSE},
        several=False,
    ),
    "channels_select": _select({"initial_channel": ID, **ONE_RESPONSE}, several=False),
}
MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _static_select(several=True),
    "multi_external_select": _select({"initial_options": items(PLAIN_OPTION, 100), "min_query_length": integer(0)}, several=True),
    "multi_users_select": _select({"initial_users": items(ID, None)}, several=True),
    "multi_conversations_select": _select(
        {"initial_conversations": items(ID, None), "default_to_current_conversation": boolean, "filter": FILTER},
        several=True,
    ),
    "multi_channels_select": _select({"initial_channels": items(ID, None)}, several=True),
}
PICKERS: dict[str, Rule] = {
    "datepicker": _select({"initial_date": DATE}, several=False),
    "timepicker": _select({"initial_time": TIME, "timezone": string()}, several=False),
}
DATETIMEPICKER: dict[str, Rule] = {
    "datetimepicker": element({}, {"initial_date_time": integer(10**9, 10**10 - 1), "confirm": CONFIRM, "focus_on_load": boolean}),
}
CHECKS: dict[str, Rule] = {
    "checkboxes": also(
        element({"options": CHOICES}, {"initial_options": CHOICES, "confirm": CONFIRM, "focus_on_load": boolean}),
        _chosen_among_options,
    ),
    "radio_buttons": also(
        element({"options": CHOICES}, {"initial_option": MARKED_OPTION, "confirm": CONFIRM, "focus_on_load": boolean}),
        _chosen_among_options,
    ),
}
OVERFLOW: dict[str, Rule] = {
    "overflow": element({"options": items(option(with_url=True), 5)}, {"confirm": CONFIRM}),
}
INPUTS: dict[str, Rule] = {
    "plain_text_input": element(
        {},
        {
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            **TYPED,
        },
    ),
    "email_text_input": element({}, {"initial_value": string(), **TYPED}),
    "url_text_input": element({}, {"initial_value": string(), **TYPED}),
    "number_input": element(
        {"is_decimal_allowed": boolean},
        {"initial_value": string(), "min_value": string(), "max_value": string(), **TYPED},
    ),
    "rich_text_input": element({}, {"initial_value": lambda _v, _at: iter(()), **TYPED}),
    "file_input": element({}, {"filetypes": items(string(), None), "max_files": integer(1, 10)}),
}

IN_ACTIONS = {"button": BUTTON, **SELECTS, **OVERFLOW, **PICKERS, **DATETIMEPICKER, **CHECKS}
IN_SECTION = {"button": BUTTON, "image": IMAGE, **SELECTS, **MULTI_SELECTS, **OVERFLOW, **PICKERS, **CHECKS}
IN_INPUT = {**SELECTS, **MULTI_SELECTS, **PICKERS, **DATETIMEPICKER, **CHECKS, **INPUTS}

"""Says what Slack would refuse in blocks and views, as pure functions that tests of our own payloads use as well."""

from collections.abc import Iterator
from typing import Any

from .elements import ID, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, TYPE, URL, plain, text
from .shapes import Rule, also, anything, at_least_one, boolean, by_type, exactly_one, items, one_of, shape, string, wrong


def _block(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return shape({"type": TYPE, **required}, {"block_id": ID, **(optional or {})})


_RICH_PARTS = by_type(
    {
        name: shape({"type": TYPE, "elements": items(anything, None, least=0)}, {"border": anything, **extra})
        for name, extra in {
            "rich_text_section": {},
            "rich_text_quote": {},
            "rich_text_preformatted": {"language": string()},
            "rich_text_list": {"style": one_of("bullet", "ordered"), "indent": anything, "offset": anything},
        }.items()
    }
)
_CELL = by_type(
    {
        "raw_text": shape({"type": TYPE, "text": string()}),
        "rich_text": shape({"type": TYPE, "elements": items(_RICH_PARTS, None)}),
    }
)
# https://docs.slack.dev/reference/block-kit/blocks
EVERYWHERE: dict[str, Rule] = {
    "actions": _block({"elements": items(by_type(IN_ACTIONS), 25)}),
    "context": _block({"elements": items(by_type({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10)}),
    "divider": _block({}),
    "header": _block({"text": plain(150)}),
    "image": also(
        _block(
            {"alt_text": string(2000)},
            {"image_url": URL, "slack_file": shape({}, {"id": ID, "url": URL}), "title": plain(2000)},
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": by_type(IN_INPUT)},
        {"dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
    ),
    "rich_text": _block({"elements": items(_RICH_PARTS, None)}),
    "section": also(
        _block(
            {},
            {
                "text": text(3000),
                "fields": items(text(2000), 10),
                "accessory": by_type(IN_SECTION),
                "expand": boolean,
            },
        ),
        at_least_one("text", "fields"),
    ),
    "video": _block(
        {"alt_text": string(), "title": plain(200), "thumbnail_url": URL, "video_url": URL},
        {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(),
            "title_url": URL,
        },
    ),
}
IN_MESSAGES: dict[str, Rule] = {
    **EVERYWHERE,
    "markdown": _block({"text": string(12_000)}),
    "file": _block({"external_id": ID, "source": one_of("remote")}),
    "table": _block({"rows": items(items(_CELL, 20), 100)}, {"column_settings": items(anything, 20, least=0)}),
}


def _controls(block: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, control in enumerate(block.get("elements", [])):
        yield f"{at}/elements/{index}", control
    for name in ("accessory", "element"):
        if name in block:
            yield f"{at}/{name}", block[name]


NOT_CONTROLS = {
    "image", "plain_text", "mrkdwn", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted",
}  # fmt: skip


def controls(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every (block, element) that a person can act on."""
    for block in blocks:
        for _at, control in _controls(block, ""):
            if isinstance(control, dict) and control.get("type") not in NOT_CONTROLS:
                yield block, control


def _doubled(blocks: Any, at: str) -> Iterator[str]:
    """`block_id` and `action_id` each stand once; Slack refuses or confuses the second."""
    blocks_seen: set[str] = set()
    actions_seen: set[str] = set()
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if block.get("block_id") in blocks_seen:
            yield wrong(f"block_id `{block['block_id']}` already exists", f"{here}/block_id")
        blocks_seen |= {block["block_id"]} if "block_id" in block else set()
        for place, control in _controls(block, here):
            name = control.get("action_id")
            if name in actions_seen:
                yield wrong(f"action_id `{name}` already exists", f"{place}/action_id")
            actions_seen |= {name} if name else set()


def _one_focus(blocks: Any, at: str) -> Iterator[str]:
    if sum(bool(control.get("focus_on_load")) for _block, control in controls(blocks)) > 1:
        yield wrong("only one element may have focus_on_load", at)


def _markdown_together(blocks: Any, at: str) -> Iterator[str]:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > 12_000:
        yield wrong("markdown blocks hold more than 12000 characters together", at)


def _list_of(table: dict[str, Rule], most: int) -> Rule:
    return also(items(by_type(table), most, least=0), _doubled)


def _files_only_in_modals(blocks: Any, at: str) -> Iterator[str]:
    if any(control.get("type") == "file_input" for _block, control in controls(blocks)):
        yield wrong("unsupported type: file_input", at)


_MESSAGE = also(_list_of(IN_MESSAGES, 50), _one_focus, _markdown_together, _files_only_in_modals)
_VIEW_BLOCKS = also(_list_of(EVERYWHERE, 100), _one_focus)


def _submit_with_inputs(view: Any, at: str) -> Iterator[str]:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        yield wrong("submit is required when an input block is within the blocks array", f"{at}/submit")


_KEPT: dict[str, Rule] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
# https://docs.slack.dev/reference/views
_VIEW = by_type(
    {
        "modal": also(
            shape(
                {"type": TYPE, "title": plain(24), "blocks": _VIEW_BLOCKS},
                {
                    **_KEPT,
                    "submit": plain(24),
                    "close": plain(24),
                    "clear_on_close": boolean,
                    "notify_on_close": boolean,
                    "submit_disabled": boolean,
                },
            ),
            _submit_with_inputs,
        ),
        "home": shape({"type": TYPE, "blocks": _VIEW_BLOCKS}, _KEPT),
    }
)


def problems(blocks: Any) -> list[str]:
    """What Slack would answer `invalid_blocks` for in a message; empty when it would take it."""
    return list(_MESSAGE(blocks, "/blocks"))


def view_problems(view: Any) -> list[str]:
    """What Slack would answer `invalid_arguments` for in a modal or a Home tab."""
    return list(_VIEW(view, "/view"))


def characters(value: Any) -> int:
    """The letters of all texts, as `msg_blocks_too_long` counts them (reported by users, not published)."""
    if isinstance(value, list):
        return sum(characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(characters(item) for item in value.values())

"""Builds our blocks a second time with the blockkit library, which refuses what it believes Slack would refuse."""

from typing import Any

import blockkit as kit


def rebuild(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the library makes of them; it raises when a limit is broken."""
    return [_block(block).build() for block in blocks]


def _block(block: dict[str, Any]) -> Any:
    match block["type"]:
        case "actions":
            return kit.Actions([_button(one) for one in block["elements"]], block_id=block.get("block_id"))
        case "context":
            return kit.Context([_text(one) for one in block["elements"]])
        case "rich_text":
            return kit.RichText([_part(one) for one in block["elements"]])
        case "section":
            return kit.Section(text=_text(block["text"]))
        case "input":
            return kit.Input(
                _text(block["label"]),
                _control(block["element"]),
                **{key: block[key] for key in ("optional", "block_id", "dispatch_action") if key in block},
            )
    raise AssertionError(block["type"])


def _text(text: dict[str, Any]) -> Any:
    return kit.Text(**text)


def _button(one: dict[str, Any]) -> Any:
    if one["type"] == "overflow":
        return kit.Overflow(_options(one["options"]), action_id=one["action_id"])
    confirm = one.get("confirm")
    more = {key: one[key] for key in ("action_id", "value", "url", "style") if key in one}
    asked = kit.Confirm(**{key: _text(text) for key, text in confirm.items()}) if confirm else None
    return kit.Button(_text(one["text"]), confirm=asked, **more)


def _part(part: dict[str, Any]) -> Any:
    kind = kit.RichTextQuote if part["type"] == "rich_text_quote" else kit.RichTextSection
    return kind([_element(one) for one in part["elements"]])


def _element(one: dict[str, Any]) -> Any:
    facts = {key: value for key, value in one.items() if key not in ("type", "style")}
    if one["type"] == "date":
        assert "style" not in one  # a date element knows none
        return kit.RichDateEl(**facts)
    return kit.RichTextEl(style=kit.RichStyle(**one["style"]) if "style" in one else None, **facts)


def _control(element: dict[str, Any]) -> Any:
    kinds = {
        "plain_text_input": kit.PlainTextInput, "static_select": kit.StaticSelect,
        "multi_static_select": kit.MultiStaticSelect, "datetimepicker": kit.DatetimePicker,
    }  # fmt: skip
    return kinds[element["type"]](**{key: _options(value) for key, value in element.items() if key != "type"})


def _options(value: Any) -> Any:
    if isinstance(value, list):
        return [_options(one) for one in value]
    return kit.Option(_text(value["text"]), value["value"]) if isinstance(value, dict) else value

"""A channel of the fake Slack as a page that looks like Slack's own: for pictures of real payloads."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

Json = dict[str, Any]
# Slack draws emoji as its own pictures; severity marks are drawn here, so that no emoji font is needed
MARKS = {"🟥": "#e01e5a", "🟧": "#e8912d", "🟨": "#f2c744", "⬜": "#d0d0d4"}
STYLE = """
*{box-sizing:border-box}body{margin:0;font:15px/1.46 Lato,Inter,"Helvetica Neue",Arial,sans-serif;color:#1d1c1d;background:#fff}
.app{display:grid;grid-template-columns:180px minmax(0,1fr) 430px;height:100vh}
nav{background:#3f0e40;color:#cfc3cf;padding:16px 0;font-size:14px}nav b{display:block;color:#fff;font-size:16px;padding:0 16px 16px}
nav div{padding:5px 16px}nav .here{background:#1164a3;color:#fff}
main,aside{display:flex;flex-direction:column;min-height:0}aside{border-left:1px solid #ddd}
h1{font-size:17px;font-weight:900;margin:0;padding:14px 20px;border-bottom:1px solid #ddd}
h1 small{font-weight:400;color:#616061;margin-left:8px;font-size:13px}
.stream{flex:1;overflow:hidden;padding:8px 0;display:flex;flex-direction:column}.stream.foot{justify-content:flex-end}
article{display:flex;gap:8px;padding:8px 20px}.who{width:36px;height:36px;border-radius:6px;background:#7a1f1f;color:#fff;flex:none;
display:grid;place-items:center}.who svg{width:20px}.body{min-width:0;flex:1}
.name{font-weight:900}.app-tag{font-size:10px;font-weight:700;background:#e8e8e8;color:#616061;border-radius:2px;padding:1px 4px;margin:0 5px;
vertical-align:1px}.at{color:#616061;font-size:12px}
.rich{margin:0 0 8px;white-space:pre-wrap}
blockquote{margin:4px 0;padding-left:12px;border-left:4px solid #ddd;white-space:pre-wrap}
.context{font-size:13px;color:#616061;white-space:pre-line;margin:4px 0}
.actions{display:flex;flex-wrap:wrap;gap:6px 8px;margin:6px 0}
button{font:700 13px/1 Lato,Inter,"Helvetica Neue",Arial,sans-serif;background:#fff;border:1px solid #bbb;border-radius:4px;padding:7px 11px;color:#1d1c1d}
button.primary{background:#007a5a;border-color:#007a5a;color:#fff}button.danger{background:#e01e5a;border-color:#e01e5a;color:#fff}
.replies{font-size:13px;font-weight:700;color:#1264a3;margin-top:4px}.line{display:flex;align-items:center;gap:12px;color:#616061;font-size:13px;
padding:4px 20px}.line:after{content:"";flex:1;border-top:1px solid #ddd}
.box{margin:8px 20px 18px;border:1px solid #bbb;border-radius:8px;padding:11px 12px;color:#8d8d8d;font-size:14px}
.called{background:#e8f5fa;color:#1264a3;border-radius:3px;padding:0 2px}
.mark{display:inline-block;width:13px;height:13px;border-radius:3px;vertical-align:-1px;margin-right:2px}
"""
WINDOW = """
body{background:#8f8f8f}.window{width:520px;margin:24px auto;background:#fff;border-radius:8px;overflow:hidden}
.window h1 svg{width:20px;vertical-align:-4px;color:#7a1f1f}.fields{padding:16px 20px}label{display:block;font-weight:700;margin:16px 0 6px}
.optional{font-weight:400;color:#616061}.select,.typed{border:1px solid #bbb;border-radius:4px;padding:7px 12px;min-height:38px;
white-space:pre-wrap}.select:after{content:"▾";float:right;color:#616061}.long{min-height:110px}
footer{border-top:1px solid #ddd;padding:14px 20px;display:flex;justify-content:flex-end;gap:8px}
"""
BELL = (
    '<svg viewBox="0 0 24 24" fill="currentColor"><path d="M12 2a1.6 1.6 0 0 0-1.6 1.6v.7A6 6 0 0 0 6 10v5l-2 3h16l-2-3v-5'
    'a6 6 0 0 0-4.4-5.7v-.7A1.6 1.6 0 0 0 12 2Zm-2.4 17a2.5 2.5 0 0 0 4.8 0Z"/></svg>'
)
LOCK = (
    '<svg viewBox="0 0 16 16" width="11" fill="currentColor"><path d="M8 1a3.5 3.5 0 0 0-3.5 3.5V7H3v8h10V7h-1.5V4.5A3.5 3.5 0 0 0 8 1Z'
    'M6 7V4.5a2 2 0 0 1 4 0V7Z" fill-rule="evenodd"/></svg>'
)


def slack_page(transcript: Json, shown_thread: int) -> str:
    """The channel, with the thread of one of its messages open beside it."""
    opened = transcript["messages"][shown_thread]
    channels = "".join(
        f'<div class="{"here" if name == transcript["name"] else ""}">{LOCK} {name}</div>' for name in ("crisis", "ordinary")
    )
    posts = "".join(message_html(one, replies=True) for one in transcript["messages"])
    count = len(opened["replies"])
    thread = (
        message_html(opened)
        + f'<div class="line">{count} {"reply" if count == 1 else "replies"}</div>'
        + "".join(map(message_html, opened["replies"]))
    )
    body = (
        f"<nav><b>Meridia</b>{channels}</nav>"
        f'<main><h1>{escape(transcript["name"])}<small>private channel</small></h1><div class="stream foot">{posts}</div>'
        f'<div class="box">Message {escape(transcript["name"])}</div></main>'
        f'<aside><h1>Thread<small>{escape(transcript["name"])}</small></h1><div class="stream">{thread}</div></aside>'
    )
    for account, name in transcript["people"].items():
        body = body.replace(f"@{account}", f"@{escape(name)}")
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE}</style><div class="app">{body}</div></html>'


def message_html(message: Json, *, replies: bool = False) -> str:
    at = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")
    blocks = "".join(_block(block) for block in message.get("blocks", [])) or _words(message.get("text", ""))
    count = len(message.get("replies", []))
    below = f'<div class="replies">{count} {"reply" if count == 1 else "replies"}</div>' if replies and count else ""
    head = f'<span class="name">Tocsin</span><span class="app-tag">APP</span><span class="at">{at}</span>'
    return f'<article><div class="who">{BELL}</div><div class="body"><div>{head}</div>{blocks}{below}</div></article>'


def _block(block: Json) -> str:
    match block["type"]:
        case "rich_text":
            return f'<div class="rich">{"".join(_part(part) for part in block["elements"])}</div>'
        case "actions":
            return f'<div class="actions">{"".join(_button(one) for one in block["elements"])}</div>'
        case "section":
            return f"<div>{_words(block['text']['text'])}</div>"
        case "input":
            return _input(block)
        case "context":
            return "".join(f'<div class="context">{_mrkdwn(one["text"])}</div>' for one in block["elements"])
    raise ValueError(f"no picture of a {block['type']} block yet")


def _part(part: Json) -> str:
    inner = _inline(part["elements"])
    return f"<blockquote>{inner}</blockquote>" if part["type"] == "rich_text_quote" else f"<div>{inner}</div>"


def _inline(elements: Sequence[Json]) -> str:
    said = []
    for one in elements:
        text = _words(one.get("text") or one.get("fallback") or one.get("url") or f":{one.get('name', '')}:")
        if one["type"] == "date":
            text = _moment(int(one["timestamp"]))
        elif one["type"] == "user":
            text = f'<span class="called">@{one["user_id"]}</span>'
        style = one.get("style", {})
        text = f"<b>{text}</b>" if style.get("bold") else text
        said.append(f"<i>{text}</i>" if style.get("italic") else text)
    return "".join(said)


def _button(element: Json) -> str:
    if element["type"] == "overflow":
        return '<button class="menu">•••</button>'
    return f'<button class="{element.get("style", "")}">{_words(element["text"]["text"])}</button>'


def _mrkdwn(text: str) -> str:
    """Slack's own markup, as far as our cards use it: dates and what is escaped."""
    parts = re.split(r"<!date\^(\d+)\^[^>]*>", text)
    shown = [_moment(int(part)) if at % 2 else _marked(part) for at, part in enumerate(parts)]
    return "".join(shown)


def _moment(timestamp: int) -> str:
    at = datetime.fromtimestamp(timestamp, UTC)
    return at.strftime("today at %H:%M" if at.date() == datetime.now(UTC).date() else "%-d %b at %H:%M")


def _words(text: str) -> str:
    return _marked(escape(text))


def _marked(text: str) -> str:
    for emoji, colour in MARKS.items():
        text = text.replace(emoji, f'<span class="mark" style="background:{colour}"></span>')
    return text


def modal_page(view: Json) -> str:
    """A window of Slack, with what stands in its fields."""
    body = "".join(_block(block) for block in view["blocks"])
    submit = f'<button class="primary">{_words(view["submit"]["text"])}</button>' if view.get("submit") else ""
    foot = f"<footer><button>{_words(view['close']['text'])}</button>{submit}</footer>"
    head = f"<h1>{BELL} {_words(view['title']['text'])}</h1>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE}{WINDOW}</style>'
        f'<div class="window">{head}<div class="fields">{body}</div>{foot}</div></html>'
    )


def _input(block: Json) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    label, element = f"<label>{_words(block['label']['text'])}{optional}</label>", block["element"]
    match element["type"]:
        case "static_select":
            chosen = element.get("initial_option")
            return f'{label}<div class="select">{_words(chosen["text"]["text"]) if chosen else "Select an option"}</div>'
        case "multi_static_select":
            chosen = ", ".join(one["text"]["text"] for one in element.get("initial_options", ()))
            return f'{label}<div class="select">{_words(chosen) or "Select options"}</div>'
        case "datetimepicker":
            return f'{label}<div class="select">Select a date and time</div>'
    long = " long" if element.get("multiline") else ""
    return f'{label}<div class="typed{long}">{_words(element.get("initial_value", ""))}</div>'

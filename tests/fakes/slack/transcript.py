"""A channel as one would see it, as data and as a plain page, to render pictures from real payloads."""

from copy import deepcopy
from html import escape

from .state import Channel, Json, State


def _author(state: State, message: Json) -> Json:
    user = state.users.get(message.get("user", ""))
    return {"id": message.get("user"), "name": user.real_name if user else "", "is_bot": bool(user and user.is_bot)}


def _seen(state: State, message: Json) -> Json:
    kept = ("ts", "text", "blocks", "edited", "reactions", "files", "thread_ts", "subtype")
    return {"author": _author(state, message), **{key: deepcopy(message[key]) for key in kept if key in message}}


def as_json(state: State, channel: Channel) -> Json:
    posts = []
    for post in channel.posts:
        replies = [m for m in channel.thread(post["ts"]) if m is not post]
        posts.append({**_seen(state, post), "replies": [_seen(state, m) for m in replies]})
    people = {user.id: user.real_name for user in state.users.values()}
    return {"channel": channel.id, "name": channel.name, "is_private": channel.is_private, "people": people, "messages": posts}


def words(text: Json | str) -> str:
    shown = text if isinstance(text, str) else text.get("text", "")
    return escape(str(shown)).replace("\n", "<br>")


def _control(element: Json) -> str:
    if element["type"] == "button":
        return f'<button class="{element.get("style", "")}">{words(element["text"])}</button>'
    if element["type"] == "image":
        return f'<img alt="{escape(element["alt_text"])}">'
    if "placeholder" in element:
        return f"<select><option>{words(element['placeholder'])}</option></select>"
    return f"<span>{words(element)}</span>"


def block_html(block: Json) -> str:
    kind = block["type"]
    if kind == "divider":
        return "<hr>"
    if kind == "header":
        return f"<h3>{words(block['text'])}</h3>"
    parts = [f"<p>{words(block['text'])}</p>"] if "text" in block else []
    parts += [f"<p>{words(field)}</p>" for field in block.get("fields", [])]
    parts += [_control(e) for e in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]]
    return f'<div class="{escape(kind)}">{"".join(parts)}</div>'


def _message(message: Json) -> str:
    body = "".join(block_html(block) for block in message.get("blocks", [])) or f"<p>{words(message.get('text', ''))}</p>"
    replies = "".join(_message(reply) for reply in message.get("replies", []))
    thread = f'<section class="thread">{replies}</section>' if replies else ""
    return f'<article data-ts="{escape(message["ts"])}"><b>{escape(message["author"]["name"])}</b>{body}{thread}</article>'


def as_html(transcript: Json) -> str:
    """Without style: whoever renders it brings their own."""
    title = escape(f"#{transcript['name']}")
    body = "".join(_message(message) for message in transcript["messages"])
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><main><h2>{title}</h2>{body}</main></html>'

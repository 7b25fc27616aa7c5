"""What one delivery of Meta's webhook tells, entry by entry; what needs a look into the Graph first is named. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.networks.meta import media, messages, pages
from bot.networks.meta.accounts import FACEBOOK, Account
from bot.networks.meta.payloads import UNREADABLE, Payload, listed, needed, some, unread
from handlers.networks import Gone, Unread
from handlers.ports import Event, Mention

OBJECTS = {"page": "facebook", "instagram": "instagram"}
_POSTS = frozenset({"post", "status", "photo", "video", "share", "album", "link"})
_NEW = frozenset({"add", "edited", "edit"})


@dataclass(frozen=True)
class Below:
    """A comment that answers another: whose thread it is in, the Graph must tell."""

    value: Payload
    parent_id: str


@dataclass(frozen=True)
class Named:
    """We were named in others' comment, or in their caption (without `comment_id`): what it says, the Graph must tell."""

    media_id: str
    comment_id: str


@dataclass(frozen=True)
class Untold:
    """A message was changed, or written (Instagram tells some as edit number 0); by whom, and what it says, is not told."""

    message_id: str
    event: Event


Told = Mention | Gone | Unread | Below | Named | Untold


def told(body: Any, accounts: Sequence[Account]) -> Iterator[tuple[Account | None, Told]]:
    """Everything of a delivery, in its order. Without an account: it is about none of ours, and only kept aside."""
    for delivered in body if isinstance(body, list) else [body]:
        network = OBJECTS.get(str(some(delivered).get("object")))
        for entry in listed(some(delivered).get("entry")):
            account = next((one for one in accounts if one.network == network and one.id == str(entry.get("id"))), None)
            if account is None:
                yield None, unread(entry, LookupError("about an account that is not ours"))
            else:
                yield from ((account, one) for one in _entry(entry, account))


def _entry(entry: Payload, account: Account) -> Iterator[Told]:
    """Instagram tells a change with `changes[]` around it, and without."""
    for event in [*listed(entry.get("messaging")), *listed(entry.get("standby"))]:
        yield from _tried(_message, event, account)
    changes = list(listed(entry.get("changes"))) or ([entry] if "field" in entry else [])
    for change in changes:
        yield from _tried(_change, {**change, "time": entry.get("time")}, account)


def _tried(read: Any, payload: Payload, account: Account) -> Iterator[Told]:
    try:
        yield from list(read(payload, account))
    except UNREADABLE as error:
        yield unread(payload, error)


def _message(event: Payload, account: Account) -> Iterator[Told]:
    """Receipts, reactions and clicks say nothing; an echo is our own."""
    if "message_edit" in event:
        yield from _edit(event, account)
    message = some(event.get("message"))
    if not message or message.get("is_echo") or messages.is_by(event.get("sender"), account):
        return
    if message.get("is_deleted"):
        yield Gone(needed(message, "mid"))
        return
    yield messages.told_message(event, account)


def _edit(event: Payload, account: Account) -> Iterator[Told]:
    edit = some(event["message_edit"])
    if "sender" not in event or not isinstance(edit.get("text"), str):
        yield Untold(needed(edit, "mid"), Event.POSTED if str(edit.get("num_edit")) == "0" else Event.EDITED)
    elif not messages.is_by(event["sender"], account):
        yield messages.told_edit(event, account)


def _change(change: Payload, account: Account) -> Iterator[Told]:
    value, field = some(change.get("value")), change.get("field")
    if field in {"messages", "message_edit", "standby"}:
        yield from _message(value, account)
    elif account.network == FACEBOOK:
        yield from _of_page(field, value, account)
    elif field in {"comments", "live_comments"} and not media.is_by(value, account):
        yield media.told_comment(value, change.get("time"))
    elif field == "mentions":
        yield Named(needed(value, "media_id"), str(value.get("comment_id") or ""))


def _of_page(field: object, value: Payload, account: Account) -> Iterator[Told]:
    item, verb = value.get("item"), value.get("verb")
    if field not in {"feed", "mention"}:
        return
    if verb in {"remove", "delete"} and (item == "comment" or item in _POSTS):
        yield Gone(needed(value, "comment_id" if item == "comment" else "post_id"))
    elif verb not in _NEW or pages.is_by(value, account):
        return
    elif field == "mention":
        yield pages.told_naming(value)
    elif item == "comment":
        yield from _comment(value)
    elif item in _POSTS:
        yield pages.told_post(value)


def _comment(value: Payload) -> Iterator[Told]:
    above, own = str(value.get("parent_id") or ""), needed(value, "comment_id")
    if above and above not in (str(value.get("post_id")), own):
        yield Below(value, above)
    else:
        yield pages.told_comment(value, own)

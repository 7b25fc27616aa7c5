"""What is written to us in Messenger and in Instagram's messages, as a list tells it and as a webhook tells it. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from bot.networks.meta.accounts import Account, direct
from bot.networks.meta.carrying import within
from bot.networks.meta.moments import moment
from bot.networks.meta.payloads import Payload, Way, context, listed, needed, raw, some, words
from handlers.ports import Attachment, Customer, Event, Mention

FIELDS = "id,created_time,from,to,message,sticker,attachments{id,mime_type,name,size}"
_KINDS = {"image": "image", "sticker": "image", "video": "video", "reel": "video", "ig_reel": "video", "audio": "audio"}
_STORY = "story_mention"


def listed_message(message: Payload, account: Account) -> Mention:
    """One of a conversation's `messages`, written by the customer."""
    author = some(message.get("from"))
    customer = Customer(needed(author, "id"), handle=str(author.get("username") or ""), name=str(author.get("name") or ""))
    return _mention(account, message, needed(message, "id"), customer, words(message.get("message")), _listed(message))


def told_message(event: Payload, account: Account) -> Mention:
    """`messaging[]` with a `message`."""
    message = some(event["message"])
    customer = Customer(needed(some(event.get("sender")), "id"))
    text = words(message.get("text"), *_shared(message))
    return _mention(account, event, needed(message, "mid"), customer, text, _told(message))


def told_edit(event: Payload, account: Account) -> Mention:
    """`messaging[]` with a `message_edit`. The moment is that of the edit."""
    edit = some(event["message_edit"])
    customer = Customer(needed(some(event.get("sender")), "id"))
    told = _mention(account, event, needed(edit, "mid"), customer, words(edit.get("text")), iter(()))
    return replace(told, event=Event.EDITED)


def is_by(author: object, account: Account) -> bool:
    return account.is_ours(some(author).get("id") or "")


def _mention(
    account: Account,
    payload: Payload,
    external_id: str,
    customer: Customer,
    text: str,
    attachments: Iterator[Attachment],
) -> Mention:
    return within(
        Mention(
            network=account.network,
            external_id=external_id,
            conversation_id=direct(customer.external_id),
            customer=customer,
            text=text,
            posted_at=moment(payload["timestamp"] if "timestamp" in payload else payload["created_time"]),
            private=True,
            source=account.network,
            raw=raw(payload),
            attachments=tuple(attachments),
            context=context(Way.MESSAGE, person=customer.external_id),
        )
    )


def _listed(message: Payload) -> Iterator[Attachment]:
    for one in listed(message.get("attachments")):
        size = one.get("size")
        yield Attachment(str(one.get("name") or ""), str(one.get("mime_type") or "file"), size if isinstance(size, int) else None)
    if message.get("sticker"):
        yield Attachment("", "image")


def _told(message: Payload) -> Iterator[Attachment]:
    for one in listed(message.get("attachments")):
        kind, payload = str(one.get("type") or ""), some(one.get("payload"))
        if kind not in {"fallback", "template"}:
            yield Attachment(str(payload.get("title") or (kind if kind == _STORY else "")), _KINDS.get(kind, "file"))


def _shared(message: Payload) -> Iterator[str]:
    """A link that was shared comes as an attachment of its own; its address belongs to what was said."""
    for one in listed(message.get("attachments")):
        url = some(one.get("payload")).get("url")
        if one.get("type") == "fallback" and isinstance(url, str) and url not in str(message.get("text") or ""):
            yield url

"""What is written on a Facebook page, as a list tells it and as a webhook tells it, read as mentions. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from bot.networks.meta.accounts import FACEBOOK, Account, thread
from bot.networks.meta.carrying import within
from bot.networks.meta.moments import moment
from bot.networks.meta.payloads import Payload, Way, context, needed, raw, some, words
from handlers.ports import Attachment, Customer, Event, Mention

ABOVE = "parent{id,parent{id,parent{id}}}"
COMMENT_FIELDS = f"id,from,message,created_time,permalink_url,{ABOVE},attachment{{type,title,url}}"
POST_FIELDS = "id,from,message,created_time,permalink_url"
_KINDS = {"photo": "image", "sticker": "image", "animated_image_share": "image", "video": "video", "share": ""}


def listed_comment(comment: Payload, post_id: str) -> Mention:
    """One of `/{post}/comments`."""
    external_id = needed(comment, "id")
    top = head(comment)
    return _mention(comment, external_id, thread(post_id, top), context(Way.COMMENT, post=post_id, top=top))


def listed_post(post: Payload) -> Mention:
    """One of `/{page}/feed` that somebody else wrote."""
    post_id = needed(post, "id")
    return _mention(post, post_id, thread(post_id, post_id), context(Way.POST, post=post_id))


def told_comment(value: Payload, top: str) -> Mention:
    """A change of the field `feed`. `top`: the comment at the head of its thread, itself included."""
    post_id = needed(value, "post_id")
    told = _mention(value, needed(value, "comment_id"), thread(post_id, top), context(Way.COMMENT, post=post_id, top=top))
    return replace(told, event=_event(value))


def told_post(value: Payload) -> Mention:
    post_id = needed(value, "post_id")
    return replace(_mention(value, post_id, thread(post_id, post_id), context(Way.POST, post=post_id)), event=_event(value))


def told_naming(value: Payload) -> Mention:
    """A change of the field `mention`: others name the page, in a post of theirs or in a comment below one."""
    post_id = needed(value, "post_id")
    in_comment = "comment_id" in value
    external_id = needed(value, "comment_id") if in_comment else post_id
    way = Way.ELSEWHERE if in_comment else Way.CAPTION
    return replace(_mention(value, external_id, thread(post_id, external_id), context(way, post=post_id)), event=_event(value))


def head(comment: Payload) -> str:
    """The comment at the head of its thread: itself, where it answers none."""
    while above := some(comment.get("parent")):
        comment = above
    return needed(comment, "id")


def is_by(payload: Payload, account: Account) -> bool:
    """Ours are told by the account's id; a customer who did not let Meta tell who they are has none at all."""
    return account.is_ours(_author(payload).external_id)


def _mention(payload: Payload, external_id: str, conversation_id: str, how: str) -> Mention:
    author = _author(payload)
    return within(
        Mention(
            network=FACEBOOK,
            external_id=external_id,
            conversation_id=conversation_id,
            customer=author if author.external_id else Customer(external_id),  # nobody we could know again
            text=words(payload.get("message")),
            posted_at=moment(payload["created_time"]),
            url=_address(payload, external_id),
            source=FACEBOOK,
            raw=raw(payload),
            attachments=tuple(_attachments(payload)),
            context=how,
        )
    )


def _event(value: Payload) -> Event:
    return Event.EDITED if value.get("verb") in {"edited", "edit"} else Event.POSTED


def _author(payload: Payload) -> Customer:
    author = some(payload.get("from"))
    return Customer(
        str(author.get("id") or payload.get("sender_id") or ""), name=str(author.get("name") or payload.get("sender_name") or "")
    )


def _address(payload: Payload, external_id: str) -> str:
    told = payload.get("permalink_url") or some(payload.get("post")).get("permalink_url")
    usable = isinstance(told, str) and told.startswith("https://")
    return str(told) if usable else f"https://www.facebook.com/{external_id}"


def _attachments(payload: Payload) -> Iterator[Attachment]:
    listed = some(payload.get("attachment"))
    if listed:
        kind = str(listed.get("type") or "")
        yield Attachment(str(listed.get("title") or ""), next((ours for theirs, ours in _KINDS.items() if kind.startswith(theirs)), kind))
    for name, kind in (("photo", "image"), ("video", "video")):
        if payload.get(name):
            yield Attachment("", kind)

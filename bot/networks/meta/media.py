"""What is written below Instagram media, as a list tells it and as a webhook tells it, read as mentions. Pure."""

from bot.networks.meta.accounts import INSTAGRAM, Account, thread
from bot.networks.meta.carrying import within
from bot.networks.meta.moments import moment
from bot.networks.meta.payloads import Payload, Way, context, needed, raw, some, words
from handlers.ports import NOT_SUMMONED, Attachment, Customer, Mention

COMMENT_FIELDS = "id,from,text,timestamp,username,user"
NAMING_FIELDS = "id,text,timestamp,media{id,permalink}"  # all that Meta tells of a comment below others' media
MEDIA_FIELDS = "id,caption,media_type,permalink,timestamp,username"
_KINDS = {"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "image"}


def listed_comment(comment: Payload, medium: Payload, top: str) -> Mention:
    """One of `/{media}/comments`, or of `/{comment}/replies` below `top`."""
    media_id = needed(medium, "id")
    how = context(Way.COMMENT, media=media_id, top=top)
    return _mention(comment, thread(media_id, top), how, "timestamp", _link(medium))


def told_comment(value: Payload, told_at: object) -> Mention:
    """A change of `comments` or `live_comments`: without its moment, so it is as old as its telling."""
    media_id = needed(some(value.get("media")), "id")
    external_id = needed(value, "id")
    top = str(value.get("parent_id") or external_id)
    how = context(Way.COMMENT, media=media_id, top=top)
    return _mention({"told_at": told_at, **value}, thread(media_id, top), how, "told_at", None)


def naming_comment(comment: Payload, media_id: str) -> Mention:
    """`mentioned_comment`: somebody names us below others' media. Who it was is not told."""
    how = context(Way.ELSEWHERE, media=media_id)
    return _mention(comment, thread(media_id, needed(comment, "id")), how, "timestamp", _link(some(comment.get("media"))))


def naming_medium(medium: Payload, *, tagged: bool = False) -> Mention:
    """`mentioned_media`, or one of `/{account}/tags`: below the latter we may not comment."""
    media_id = needed(medium, "id")
    name = str(medium.get("username") or "")
    return within(
        Mention(
            network=INSTAGRAM,
            external_id=media_id,
            conversation_id=thread(media_id, media_id),
            customer=Customer(f"@{name}" if name else media_id, handle=name),
            text=words(medium.get("caption")),
            posted_at=moment(medium["timestamp"]),
            url=_link(medium),
            source=INSTAGRAM,
            raw=raw(medium),
            attachments=(Attachment("", _KINDS.get(str(medium.get("media_type")), "image")),),
            context=context(Way.TAGGED if tagged else Way.CAPTION, media=media_id),
            no_answer=NOT_SUMMONED if tagged else "",
        )
    )


def is_by(comment: Payload, account: Account) -> bool:
    """`user` and `self_ig_scoped_id` are told of our own account's comments alone."""
    author = some(comment.get("from"))
    return bool(comment.get("user")) or "self_ig_scoped_id" in author or account.is_ours(author.get("id") or "")


def _mention(comment: Payload, conversation_id: str, how: str, moment_name: str, url: str | None) -> Mention:
    external_id = needed(comment, "id")
    author = some(comment.get("from"))
    name = str(author.get("username") or comment.get("username") or "")
    return within(
        Mention(
            network=INSTAGRAM,
            external_id=external_id,
            conversation_id=conversation_id,
            customer=Customer(str(author.get("id") or (f"@{name}" if name else external_id)), handle=name),
            text=words(comment.get("text")),
            posted_at=moment(comment[moment_name]),
            url=url,
            source=INSTAGRAM,
            raw=raw(comment),
            context=how,
        )
    )


def _link(medium: Payload) -> str | None:
    told = medium.get("permalink")
    return told if isinstance(told, str) and told.startswith("https://") else None

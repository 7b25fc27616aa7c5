"""Who is on the fake X, what they wrote, and how X shows it."""

import html
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from twitter_text.parse_tweet import parse_tweet

EPOCH = 1_288_834_974_657
NAME, LINK = re.compile(r"@(\w{1,15})"), re.compile(r"https?://[!-~]+")


@dataclass
class User:
    id: str
    username: str
    name: str
    protected: bool = False
    followers: int = 7
    no_messages: bool = False  # takes private messages from nobody

    @property
    def shown(self) -> dict[str, Any]:
        metrics = {"followers_count": self.followers, "following_count": 3, "listed_count": 0, "post_count": 12, "tweet_count": 12}
        return {"id": self.id, "username": self.username, "name": self.name, "protected": self.protected, "public_metrics": metrics}


@dataclass
class Post:
    id: str
    author: User
    text: str  # as its author typed it
    front: str = ""  # the names that X writes in front of an answer
    parent: "Post | None" = None
    quoted: "Post | None" = None
    versions: list[str] = field(default_factory=list)
    conversation_id: str = ""
    gone: bool = False
    hidden: bool = False
    old: bool = False  # a younger version took its place
    pictures: int = 0
    lang: str = "en"

    @property
    def whole(self) -> str:
        return self.front + self.text


@dataclass
class Message:
    id: str
    sender: User
    conversation_id: str
    text: str
    gone: bool = False


class World:
    """`us` is the account that the bot speaks for."""

    def __init__(self) -> None:
        self._last = 0
        self._short: dict[str, str] = {}
        self._numbers = count(1000)
        self.users: dict[str, User] = {}
        self.posts: dict[str, Post] = {}
        self.messages: dict[str, Message] = {}
        self.garbled: set[str] = set()
        self.us = self.user("acme", "Acme")

    def next_id(self) -> str:
        """Like X's: the moment, and a number that tells those of one moment apart."""
        self._last = max(self._last + 1, (int(time.time() * 1000) - EPOCH) << 22)
        return str(self._last)

    def user(self, username: str, name: str = "", **more: Any) -> User:
        found = next((one for one in self.users.values() if one.username == username), None)
        if found is None:
            found = User(f"22446688{next(self._numbers)}", username, name or username.title(), **more)
            self.users[found.id] = found
        return found

    def write(
        self, author: User, text: str, *, to: Post | None = None, quote: Post | None = None, pictures: int = 0, lang: str = "en"
    ) -> Post:
        id_ = self.next_id()
        front = self._front(author, to) if to else ""
        root = to.conversation_id if to else id_
        post = Post(id_, author, text, front, to, quote, [id_], root, pictures=pictures, lang=lang)
        if quote:
            post.text = f"{text} https://x.com/{quote.author.username}/status/{quote.id}"
        self.posts[id_] = post
        return post

    def edit(self, post: Post, text: str) -> Post:
        newer = self.write(post.author, text)
        newer.versions = [*post.versions, newer.id]
        newer.conversation_id = post.conversation_id
        post.old = True
        return newer

    def message(self, sender: User, other: User, text: str) -> Message:
        one = Message(self.next_id(), sender, "-".join(sorted((sender.id, other.id), key=int)), text)
        self.messages[one.id] = one
        return one

    def _front(self, author: User, to: Post) -> str:
        """Everybody of the thread whom this one answers; the author of what is answered first."""
        named = [to.author.username, *(name for name in NAME.findall(to.whole) if self._known(name))]
        others = [name for name in dict.fromkeys(named) if name != author.username]
        return "".join(f"@{name} " for name in others)

    def _known(self, username: str) -> User | None:
        return next((one for one in self.users.values() if one.username == username), None)

    def visible(self, post: Post) -> bool:
        return not post.gone and not post.old

    def named(self, text: str) -> list[User]:
        return [one for name in NAME.findall(text) if (one := self._known(name))]

    def shown(self, post: Post) -> dict[str, Any]:
        """With every field that X has; who asks gets those that were asked for."""
        text, urls = self._shortened(post.whole)
        media = [f"3_{post.id}{number}" for number in range(post.pictures)]
        for key in media:
            short = self._tco(key)
            text += f" {short}"
            urls.append(
                {"url": short, "expanded_url": f"https://x.com/i/status/{post.id}/photo/1", "display_url": "pic.x.com/x", "media_key": key}
            )
        escaped = html.escape(text, quote=False)
        entities = self._entities(escaped, urls)
        shown: dict[str, Any] = {
            "id": post.id,
            "text": escaped,
            "edit_history_tweet_ids": post.versions,
            "author_id": post.author.id,
            "conversation_id": post.conversation_id,
            "created_at": moment(post.id),
            "lang": post.lang,
            "entities": entities,
        }
        if weighed(post.text) > 280:
            links = [{name: value for name, value in url.items() if name != "media_key"} for url in entities.get("urls", ())]
            shown["note_tweet"] = {"text": escaped, "entities": {**entities, **({"urls": links} if links else {})}}
            shown["text"] = escaped[:270] + "… " + self._tco(post.id)
        if media:
            shown["attachments"] = {"media_keys": media}
        if post.parent:
            shown["in_reply_to_user_id"] = post.parent.author.id
        pairs = [("replied_to", post.parent), ("quoted", post.quoted)]
        if references := [{"type": kind, "id": one.id} for kind, one in pairs if one]:
            shown["referenced_tweets"] = references
        if post.id in self.garbled:
            del shown["author_id"]
        return shown

    def told(self, text: str) -> dict[str, Any]:
        """A private message's words."""
        short, urls = self._shortened(text)
        escaped = html.escape(short, quote=False)
        entities = self._entities(escaped, urls)
        return {"text": escaped, **({"entities": entities} if entities else {})}

    def _shortened(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        urls = []
        for whole in dict.fromkeys(LINK.findall(text)):
            short = self._tco(whole)
            text = text.replace(whole, short)
            urls.append({"url": short, "expanded_url": whole, "display_url": whole.partition("//")[2][:30]})
        return text, urls

    def _tco(self, whole: str) -> str:
        return self._short.setdefault(whole, f"https://t.co/{len(self._short):010d}")

    def _entities(self, text: str, urls: list[dict[str, Any]]) -> dict[str, Any]:
        mentions = [
            {"start": found.start(), "end": found.end(), "username": user.username, "id": user.id}
            for found in NAME.finditer(text)
            if (user := self._known(found[1]))
        ]
        places = [{**url, "start": text.find(url["url"]), "end": text.find(url["url"]) + len(url["url"])} for url in urls]
        return {kind: found for kind, found in (("mentions", mentions), ("urls", places)) if found}


def moment(id_: str) -> str:
    at = datetime.fromtimestamp(((int(id_) >> 22) + EPOCH) / 1000, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def weighed(text: str) -> int:
    return sum(parse_tweet(part).weightedLength for part in re.split(r"(\s+)", text) if part)

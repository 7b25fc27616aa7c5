"""What is asked behind the webhook, for each account: comments, visitors' posts and tags, and the messages of each conversation."""

from dataclasses import dataclass
from datetime import datetime

from bot.networks.meta import media, messages
from bot.networks.meta import pages as page_reading
from bot.networks.meta.accounts import Account
from bot.networks.meta.graph import Graph, node
from bot.networks.meta.lists import Asked, Gathered, pages, reaches
from bot.networks.meta.moments import moment
from bot.networks.meta.payloads import Payload, listed, needed, some
from bot.networks.meta.position import Found

POSTS_A_PAGE, POSTS_MOST = 25, 50  # the newest; of what is said below older ones only the webhook tells
COMMENTS_A_PAGE, CONVERSATIONS_A_PAGE, MESSAGES_A_PAGE = 25, 25, 20
APART = 0.5  # seconds: two calls a second for each account is what the Conversations API takes
_ORDER = "filter(stream).order(reverse_chronological)"


@dataclass(frozen=True)
class Looking:
    graph: Graph
    account: Account

    async def at_page(self, oldest: datetime) -> list[Found]:
        """Visitors' posts, and comments of all levels below the page's newest posts."""
        gathered, seen = Gathered(), 0
        comments = f"comments.{_ORDER}.limit({COMMENTS_A_PAGE}){{{page_reading.COMMENT_FIELDS}}}"
        fields = f"{page_reading.POST_FIELDS},{comments}"
        async for posts in pages(self.graph, f"{node(self.account.id)}/feed", None, {"fields": fields, "limit": POSTS_A_PAGE}):
            for post in posts:
                if not page_reading.is_by(post, self.account):
                    gathered.take(post, lambda post=post: page_reading.listed_post(post))  # type: ignore[misc]
                await self._below_post(post, oldest, gathered)
            seen += len(posts)
            if seen >= POSTS_MOST:
                break
        return gathered.found

    async def _below_post(self, post: Payload, oldest: datetime, gathered: Gathered) -> None:
        if "comments" not in post:  # so Meta tells that there is none
            return
        post_id = needed(post, "id")
        asked: Asked = {"fields": page_reading.COMMENT_FIELDS, "filter": "stream", "order": "reverse_chronological", "limit": 100}
        async for comments in pages(self.graph, f"{node(post_id)}/comments", post["comments"], asked):
            for one in comments:
                if not page_reading.is_by(one, self.account):
                    gathered.take(one, lambda one=one: page_reading.listed_comment(one, post_id))  # type: ignore[misc]
            if reaches(comments, oldest):
                return

    async def at_media(self, oldest: datetime) -> list[Found]:
        """Comments and their replies below the account's newest media, and media of others that show the account."""
        gathered, seen = Gathered(), 0
        replies = f"replies.limit(50){{{media.COMMENT_FIELDS}}}"
        comments = f"comments.limit({COMMENTS_A_PAGE}){{{media.COMMENT_FIELDS},{replies}}}"
        fields = f"id,permalink,{comments}"
        async for listed_media in pages(self.graph, f"{node(self.account.id)}/media", None, {"fields": fields, "limit": POSTS_A_PAGE}):
            for medium in listed_media:
                await self._below_medium(medium, oldest, gathered, f"{media.COMMENT_FIELDS},{replies}")
            seen += len(listed_media)
            if seen >= POSTS_MOST:
                break
        await self._tags(oldest, gathered)
        return gathered.found

    async def _below_medium(self, medium: Payload, oldest: datetime, gathered: Gathered, fields: str) -> None:
        """Replies are not part of the list of comments: each comment brings its own, whatever its age."""
        if "comments" not in medium:
            return
        path = f"{node(needed(medium, 'id'))}/comments"
        async for comments in pages(self.graph, path, medium["comments"], {"fields": fields, "limit": 50}):
            for one in comments:
                await self._replies(one, medium, gathered)
                self._take(one, medium, str(one.get("id") or ""), gathered)
            if reaches(comments, oldest):
                return

    async def _replies(self, comment: Payload, medium: Payload, gathered: Gathered) -> None:
        if "replies" not in comment:
            return
        top = needed(comment, "id")
        path = f"{node(top)}/replies"
        async for replies in pages(self.graph, path, comment["replies"], {"fields": media.COMMENT_FIELDS, "limit": 50}):
            for one in replies:
                self._take(one, medium, top, gathered)

    def _take(self, comment: Payload, medium: Payload, top: str, gathered: Gathered) -> None:
        if not media.is_by(comment, self.account):
            gathered.take({**comment, "replies": None}, lambda: media.listed_comment(comment, medium, top))

    async def _tags(self, oldest: datetime, gathered: Gathered) -> None:
        async for tagged in pages(self.graph, f"{node(self.account.id)}/tags", None, {"fields": media.MEDIA_FIELDS, "limit": 25}):
            for one in tagged:
                gathered.take(one, lambda one=one: media.naming_medium(one, tagged=True))  # type: ignore[misc]
            if reaches(tagged, oldest):
                return

    async def at_conversations(self, oldest: datetime) -> list[Found]:
        """Messages of every conversation in which something happened since."""
        gathered = Gathered()
        fields = f"id,updated_time,messages.limit({MESSAGES_A_PAGE}){{{messages.FIELDS}}}"
        asked: Asked = {"platform": self.account.platform, "fields": fields, "limit": CONVERSATIONS_A_PAGE}
        async for conversations in pages(self.graph, f"{node(self.account.page_id)}/conversations", None, asked, APART):
            for one in conversations:
                await self._of_conversation(one, oldest, gathered)
            if not any(_moved_since(one, oldest) for one in conversations):
                break
        return gathered.found

    async def _of_conversation(self, conversation: Payload, oldest: datetime, gathered: Gathered) -> None:
        if "messages" not in conversation or not _moved_since(conversation, oldest):
            return
        path = f"{node(needed(conversation, 'id'))}/messages"
        async for said in pages(self.graph, path, conversation["messages"], {"fields": messages.FIELDS, "limit": MESSAGES_A_PAGE}, APART):
            for one in said:
                if not messages.is_by(one.get("from"), self.account):
                    gathered.take(one, lambda one=one: messages.listed_message(one, self.account))  # type: ignore[misc]
            if reaches(said, oldest):
                return

    async def said_to(self, person: str, most: int) -> tuple[list[Payload], bool]:
        """The newest messages between us and one person, and whether there are older ones."""
        fields = f"messages.limit({most}){{id,created_time,from,message}}"
        asked = {"platform": self.account.platform, "user_id": person, "fields": fields}
        answer = await self.graph.read(f"{node(self.account.page_id)}/conversations", **asked)
        said = some(next(listed(answer), {})).get("messages")
        return list(listed(said)), "next" in some(some(said).get("paging"))


def _moved_since(conversation: Payload, oldest: datetime) -> bool:
    try:
        return moment(conversation["updated_time"]) >= oldest
    except (KeyError, ValueError):
        return True

"""What a delivery only names is looked up: whose thread an answer is in, and what those say who name us elsewhere."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from bot.networks.meta import media, messages, pages
from bot.networks.meta.accounts import Account
from bot.networks.meta.events import Below, Named, Told, Untold
from bot.networks.meta.faults import NotThere
from bot.networks.meta.graph import Graph, node
from bot.networks.meta.payloads import UNREADABLE, unread
from handlers.errors import DoorClosed, Refused
from handlers.networks import Gone, Unread
from handlers.ports import Event, Mention

MOST_THREADS = 5_000


@dataclass
class Completing:
    """Raises TryLater, or DoorClosed, when the Graph cannot be asked: then the delivery must come again."""

    graph: Graph
    _tops: OrderedDict[str, str] = field(default_factory=OrderedDict)  # comment → the head of its thread

    async def whole(self, account: Account | None, one: Told) -> Mention | Gone | Unread | None:
        """None: it was about ourselves."""
        if account is None or isinstance(one, Mention | Gone | Unread):
            return one if isinstance(one, Mention | Gone | Unread) else None
        try:
            return await self._looked_up(account, one)
        except (Refused, *UNREADABLE) as error:
            return unread(vars(one), error)
        except DoorClosed as error:
            if error.whole:
                raise
            return unread(vars(one), error)

    async def _looked_up(self, account: Account, one: Below | Named | Untold) -> Mention | None:
        match one:
            case Below(value, parent_id):
                return pages.told_comment(value, await self._top(parent_id))
            case Named(media_id, comment_id):
                return await self._named(account, media_id, comment_id)
            case Untold(message_id, event):
                return await self._message(account, message_id, event)

    async def _top(self, comment_id: str) -> str:
        """The head of the thread. Of a comment that is gone nothing is told but itself."""
        if comment_id in self._tops:
            return self._tops[comment_id]
        try:
            comment = await self.graph.read(node(comment_id), fields=f"id,{pages.ABOVE}")
        except NotThere:
            return comment_id
        self._tops[comment_id] = top = pages.head(comment)
        if len(self._tops) > MOST_THREADS:
            self._tops.popitem(last=False)
        return top

    async def _named(self, account: Account, media_id: str, comment_id: str) -> Mention:
        if comment_id:
            asked = f"mentioned_comment.comment_id({comment_id}){{{media.NAMING_FIELDS}}}"
            answer = await self.graph.read(node(account.id), fields=asked)
            return media.naming_comment(answer["mentioned_comment"], media_id)
        asked = f"mentioned_media.media_id({media_id}){{{media.MEDIA_FIELDS}}}"
        answer = await self.graph.read(node(account.id), fields=asked)
        return media.naming_medium(answer["mentioned_media"])

    async def _message(self, account: Account, message_id: str, event: Event) -> Mention | None:
        message = await self.graph.read(node(message_id), fields=messages.FIELDS)
        if messages.is_by(message.get("from"), account):
            return None
        return replace(messages.listed_message(message, account), event=event)

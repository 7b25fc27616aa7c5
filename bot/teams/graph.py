"""What the Bot Connector cannot tell and Microsoft Graph can, where a team allowed it: whether a message arrived, who may join a team.

A team's owner consents to it when the app is installed there; where nobody did, Graph answers 403 and nobody can tell:
https://learn.microsoft.com/microsoftteams/platform/graph-api/rsc/resource-specific-consent
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from bot.teams.answers import ASK, send_error
from bot.teams.payloads import Json
from bot.teams.tokens import Tokens
from handlers.errors import CannotAsk, SendError, TryLater, Unconfirmed

BUCKET = "teams#graph"
URL = "https://graph.microsoft.com/v1.0"
PAGE, PAGES = 50, 40  # the most that Graph gives at a time; more than an hour of the fullest channel


@dataclass(frozen=True)
class Graph:
    tokens: Tokens
    web: httpx.AsyncClient
    url: str = URL

    async def messages(self, group_id: str, channel_id: str, thread_id: str | None, since: datetime) -> AsyncIterator[Json]:
        """Of a channel, or of one thread: at least all since then. Raises a SendError, CannotAsk where we may not look."""
        path = f"/teams/{quote(group_id, safe='')}/channels/{quote(channel_id, safe='')}/messages"
        if thread_id:
            path += f"/{quote(thread_id, safe='')}/replies"
        following = f"{self.url}{path}?$top={PAGE}"
        for _ in range(PAGES):
            page = await self._read(following)
            messages = [one for one in page.get("value") or () if isinstance(one, dict)]
            for message in messages:
                yield message
            following = str(page.get("@odata.nextLink") or "")
            if not following or (messages and all(_is_before(one, since) for one in messages)):
                return
            if not following.startswith(f"{self.url}/"):  # nobody else gets our token
                raise Unconfirmed("unreadable_answer")
        raise CannotAsk("too_many_messages")

    async def is_private(self, group_id: str) -> bool:
        """Whether somebody lets people into a team. Raises a SendError."""
        team = await self._read(f"{self.url}/teams/{quote(group_id, safe='')}?$select=visibility")
        return team.get("visibility") == "private"

    async def _read(self, url: str) -> Json:
        try:
            token = await self.tokens.for_graph()
            answer = await self.web.get(url, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
            read = answer.json()
        except SendError:
            raise
        except httpx.HTTPStatusError as error:
            if error.response.status_code in (400, 401, 403, 404):
                raise CannotAsk(f"graph_{error.response.status_code}") from error
            raise _not_now(send_error(error, ASK)) from error
        except Exception as error:
            raise send_error(error, ASK) from error
        if not isinstance(read, dict):
            raise Unconfirmed("unreadable_answer")
        return read


def _not_now(error: SendError) -> SendError:
    """A limit of Graph's is none of the conversation's: others are not kept waiting."""
    return TryLater(error.reason, error.after, BUCKET) if isinstance(error, TryLater) else error


def _is_before(message: Json, since: datetime) -> bool:
    """Neither written nor changed since. What cannot be read may be later."""
    moments = [_moment(message.get(name)) for name in ("createdDateTime", "lastModifiedDateTime") if message.get(name)]
    return bool(moments) and all(moment is not None and moment < since for moment in moments)


def _moment(said: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

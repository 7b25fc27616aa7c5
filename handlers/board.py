"""Which card goes where: turns "this case changed" into outbox wishes, one per workspace that shows it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.parts import ALL, Part
from handlers.ports import Words
from storage import approvals, cases, outbox
from storage.cases import Case, Post
from storage.database import Work
from storage.outbox import Wish

FALLBACK = "fallback"


@dataclass(frozen=True)
class Shown:
    """What the board needs to know of a changed case."""

    case_id: int
    channel: str
    severity: int
    fresh: bool = False  # it has just been made: nothing can have been posted yet


@dataclass(frozen=True)
class Following:
    """What is to stand in a case's thread, by the id of its row, in these workspaces."""

    shown: Shown
    kind: str
    subject_id: int
    where: Sequence[str]


@dataclass(frozen=True)
class Board:
    """`channels`: workspace → logical channel of FLOW → that workspace's own channel id. The console needs none: it reads.

    `parts` are the present FLOW's.
    """

    channels: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, Part] = field(default_factory=dict)

    def part_of(self, workspace: str) -> Part:
        """All, where FLOW says nothing, and on the console."""
        return self.parts.get(workspace, ALL)

    @property
    def deciding(self) -> tuple[str, ...]:
        """The workspaces that have a part in approvals."""
        return tuple(name for name in self.channels if self.part_of(name).approvals)

    @property
    def noting(self) -> tuple[str, ...]:
        """Those that see internal notes."""
        return tuple(name for name in self.channels if self.part_of(name).notes)

    def channel_id(self, workspace: str, channel: str) -> str | None:
        """A channel that has no place of its own goes to the fallback."""
        places = self.channels[workspace]
        return places.get(channel) or places.get(FALLBACK)

    async def show(self, work: Work, shown: Sequence[Shown]) -> None:
        """Queue each case's card: a first post where it has none, else an update in place. Rendered when it leaves."""
        if not self.channels:
            return
        posts = await cases.posts_of(work, [one.case_id for one in shown if not one.fresh])
        wishes = []
        for one in shown:
            current = {post.workspace: post.channel_id for post in posts.get(one.case_id, []) if post.current}
            for workspace in self.channels:
                target = current.get(workspace) or self.channel_id(workspace, one.channel)
                if target:
                    wishes.append(_card(workspace, target, one, "update" if workspace in current else "post"))
        await outbox.put(work, wishes)

    async def follow(self, work: Work, shown: Shown, kind: str, subject_id: int, where: Sequence[str] | None = None) -> None:
        """Queue something for the case's own thread (a later mention, a note), by the id of its row; behind its card if none stands yet."""
        await self.follow_all(work, [Following(shown, kind, subject_id, tuple(self.channels if where is None else where))])

    async def follow_all(self, work: Work, following: Sequence[Following]) -> None:
        """The same for many at once."""
        posts = await cases.posts_of(work, [one.shown.case_id for one in following])
        wishes = []
        for one in following:
            stands = self._current(posts.get(one.shown.case_id, []))
            for workspace in one.where:
                target = stands.get(workspace) or self.channel_id(workspace, one.shown.channel)
                if target:
                    wishes.append(_follower(workspace, target, one, behind=workspace not in stands))
        await outbox.put(work, wishes)

    async def ask(self, work: Work, case: Case, version_id: int) -> None:
        """Queue the card of one version in its case's thread, or the refresh of it: it shows this version for ever.

        Only where it can be decided; where it was shown before FLOW said otherwise, it still changes.
        """
        stands, posted = await self._targets(work, case.id), await approvals.posts_of(work, version_id)
        wishes = []
        for workspace in self.channels:
            if workspace not in posted and workspace not in self.deciding:
                continue
            target = posted[workspace][0] if workspace in posted else stands.get(workspace) or self.channel_id(workspace, case.channel)
            if target:
                act, behind = "update" if workspace in posted else "post", workspace not in stands and workspace not in posted
                key, facts = f"approval:{workspace}:{version_id}", {"id": version_id}
                wishes.append(Wish(workspace, _lane(workspace, target), act, "approval", case.severity, case.id, key, facts, behind))
        await outbox.put(work, wishes)

    async def leave_pointer(self, work: Work, case_id: int, severity: int, workspaces: Sequence[str] | None = None) -> None:
        """The case moved to another channel: the old card becomes a pointer, the new one is posted there."""
        where = list(self.channels) if workspaces is None else workspaces
        old = [post for post in (await cases.posts_of(work, [case_id])).get(case_id, []) if post.current and post.workspace in where]
        await cases.leave_posts(work, case_id, where)
        await outbox.leave(work, case_id, where)
        pointers = [
            Wish(
                post.workspace,
                _lane(post.workspace, post.channel_id),
                "update",
                "pointer",
                severity,
                case_id,
                f"pointer:{post.workspace}:{post.message_id}",
                {"message_id": post.message_id},
            )
            for post in old
        ]
        await outbox.put(work, pointers)

    async def divert(self, work: Work, workspace: str, channel_id: str, before: datetime) -> None:
        """A channel is closed: what it turned away, or has kept since before a moment, goes to the fallback; cards that stood there too."""
        fallback = self.channels[workspace].get(FALLBACK)
        if not fallback or fallback == channel_id:
            return
        lane = _lane(workspace, channel_id)
        await outbox.move_lane(work, lane, _lane(workspace, fallback), before)
        for case_id in await outbox.cases_stuck(work, lane, before):
            case = await cases.lock(work, case_id)
            if case:
                await self.leave_pointer(work, case_id, case.severity, [workspace])
                await outbox.put(work, [_card(workspace, fallback, Shown(case_id, case.channel, case.severity), "post")])

    async def tell(  # noqa: PLR0913 - where, what, how grave, and whom not
        self,
        work: Work,
        channel: str,
        words: Words,
        key: str | None,
        severity: int,
        *,
        tone: str = "plain",
        besides: str = "",
        where: Collection[str] | None = None,
    ) -> None:
        """Queue a message for a logical channel in every workspace but one, or in these. Facts must be plain values."""
        facts = {"name": words.name, "facts": dict(words.facts), "tone": tone}
        wishes = []
        for workspace in self.channels if where is None else where:
            target = self.channel_id(workspace, channel)
            if target and workspace != besides:
                wishes.append(
                    Wish(workspace, _lane(workspace, target), "post", "words", severity, None, key and f"{key}:{workspace}", facts)
                )
        await outbox.put(work, wishes)

    async def tell_person(self, work: Work, accounts: Mapping[str, str | None], words: Words, severity: int) -> None:
        """Queue a direct message to somebody's account in each workspace that knows them."""
        facts = {"name": words.name, "facts": dict(words.facts), "tone": "plain"}
        wishes = [
            Wish(workspace, _lane(workspace, account), "post", "words", severity, None, None, facts)
            for workspace, account in accounts.items()
            if account and workspace in self.channels
        ]
        await outbox.put(work, wishes)

    async def _targets(self, work: Work, case_id: int) -> dict[str, str]:
        """Workspace → channel id of the thread, where the case has one."""
        return self._current((await cases.posts_of(work, [case_id])).get(case_id, []))

    def _current(self, posts: Sequence[Post]) -> dict[str, str]:
        return {post.workspace: post.channel_id for post in posts if post.current and post.workspace in self.channels}


def _lane(workspace: str, channel_id: str) -> str:
    return f"{workspace}:{channel_id}"


def _follower(workspace: str, target: str, one: Following, *, behind: bool) -> Wish:
    key, lane = f"{one.kind}:{workspace}:{one.subject_id}", _lane(workspace, target)
    return Wish(workspace, lane, "post", one.kind, one.shown.severity, one.shown.case_id, key, {"id": one.subject_id}, behind)


def _card(workspace: str, target: str, one: Shown, act: str) -> Wish:
    return Wish(workspace, _lane(workspace, target), act, "card", one.severity, one.case_id, f"card:{workspace}:{one.case_id}")

"""Gathers what surrounds a draft and lets the checks of flows/checks read it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flows.flow import LANGUAGES, Flow
from handlers.networks import Network
from handlers.ports import Words
from storage import cases, crises, facts, replies
from storage.cases import Case
from storage.database import Work
from storage.statements import Statement

if TYPE_CHECKING:
    from flows.checks import Finding, Recent, Surroundings

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
REMEMBERED = 10_000  # of our own latest replies


@dataclass
class OwnReplies:
    """Our recent replies, as far as this process has read them."""

    recent: Recent | None = None
    read_to: int = 0

    async def catch_up(self, work: Work) -> Recent:
        from flows.checks import Recent  # noqa: PLC0415 - numpy loads after the bot is ready

        self.recent = self.recent or Recent(most=REMEMBERED)
        for reply_id, text in await replies.texts_after(work, self.read_to, REMEMBERED):
            self.recent.add(text)
            self.read_to = reply_id
        return self.recent


@dataclass(frozen=True)
class Proofreader:
    networks: Mapping[str, Network]
    semantic: bool = False
    _ours: OwnReplies = field(default_factory=OwnReplies, repr=False, compare=False)

    async def warm(self) -> None:
        """Load what the checks know off the event loop, before the first draft is written: the first reading takes seconds."""
        await asyncio.to_thread(_read_once, self.semantic)

    async def read(
        self, work: Work, flow: Flow, case: Case, text: str, *, private: bool, rests: Statement | None = None
    ) -> tuple[Finding, ...]:
        """Every finding but those of checks that FLOW switched off, in the order of the text. A statement may be repeated as it is."""
        from flows.checks import Draft, check  # noqa: PLC0415 - numpy loads after the bot is ready

        network = self.networks.get(case.network)
        limit, count = (network.most(private=private), network.length) if network else (None, len)
        draft = Draft(text, case.language, private, limit, count)
        around = await self._surroundings(work, flow, case, rests)
        own = replace(draft, text=_without(text, rests))
        repeats = own.text == text or bool(check(own, around, only=("canned",)))
        off = flow.answers.off if repeats else flow.answers.off | {"canned"}
        return tuple(one for one in check(draft, around) if one.check not in off)

    async def _surroundings(self, work: Work, flow: Flow, case: Case, rests: Statement | None) -> Surroundings:
        from flows.checks import Fact, Surroundings  # noqa: PLC0415 - numpy loads after the bot is ready

        said = [(one.newest_text or one.text, one.private) for one in await cases.mentions_of(work, case.id)]
        crisis = await crises.current(work)
        known = await facts.of_crisis(work, crisis.id) if crisis else []
        said_by_us = [sentence for words in (rests.texts.values() if rests else ()) for sentence in _SENTENCE.split(words)]
        return Surroundings(
            customer_text=said[-1][0] if said else "",
            customer_turns=tuple(words for words, private in said if not private),
            name=case.customer_name or None,
            facts=(
                *(Fact(_readable(one.text, one.data_types), one.status) for one in known if one.text),
                *(Fact(sentence) for sentence in said_by_us if sentence.strip()),
            ),
            recent=await self._ours.catch_up(work),
            allowed_hosts=flow.answers.links,
            own_contacts=flow.answers.contacts,
            semantic=self.semantic,
        )


def _read_once(semantic: bool) -> None:  # noqa: FBT001 - handed to a thread
    from flows.checks import Draft, Surroundings, check  # noqa: PLC0415 - numpy loads after the bot is ready

    for language in LANGUAGES:
        check(Draft("Hello?", language), Surroundings(semantic=semantic))


def _without(text: str, rests: Statement | None) -> str:
    for words in rests.texts.values() if rests else ():
        text = text.replace(words, " ")
    return text


def _readable(text: str, data_types: Sequence[str]) -> str:
    return f"{text} ({', '.join(data_types)})" if data_types else text


def kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """As a version keeps them."""
    return [{"check": one.check, "start": one.start, "end": one.end, "facts": dict(one.facts), "better": one.better} for one in findings]


def finding_words(kept_finding: Mapping[str, Any], text: str) -> Words:
    """What was found, where it stands (nowhere in particular when it is the whole), and what to write instead."""
    whole = kept_finding["end"] - kept_finding["start"] >= len(text)
    where = "" if whole else text[kept_finding["start"] : kept_finding["end"]][:120]
    facts_ = {"where": where, "better": kept_finding["better"] or ""}
    return Words("draft.finding", {**facts_, "why": Words(f"finding.{kept_finding['check']}", kept_finding["facts"])})

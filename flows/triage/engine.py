"""The triage of one FLOW: an inline speed for every mention, a semantic one behind it, and both learn from clicks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from flows.flow import Flow
from flows.severity import Severity
from flows.triage.language import LanguageReader
from flows.triage.lessons import Classes
from flows.triage.mood import moods
from flows.triage.mood_words import lexicons
from flows.triage.questions import asks
from flows.triage.values import Click, Encoder, Suggestion

if TYPE_CHECKING:
    from flows.triage.anger import AngerReader
    from flows.triage.duplicates import NearDuplicates
    from flows.triage.speeds import Speeds
    from flows.triage.vectors import SentenceVectors

BATCH = 64  # texts read at once: bounds memory
BUTTONS = 5
WORTH_A_BUTTON = 0.03
ALWAYS = 3  # the best so many are offered however unsure they are

# How sure a tag must be before its severity counts. Recall comes first where somebody may die: the bar is low, and whether
# it is about the crisis at all, which a cry for help seldom says, is asked less strictly (the root of its confidence counts).
_BAR = {Severity.LOW: 0.35, Severity.NORMAL: 0.35, Severity.HIGH: 0.3, Severity.CRITICAL: 0.09}
_STRICT = {Severity.LOW: 1.0, Severity.NORMAL: 1.0, Severity.HIGH: 1.0, Severity.CRITICAL: 0.5}


class Triage:
    """Cheap to make: the models are built from the FLOW's examples at first use, or by `warm`."""

    def __init__(self, flow: Flow, *, languages: Sequence[str] = ("en", "es", "fr"), encoder: Encoder | None = None) -> None:
        self._flow, self._encoder, self._languages = flow, encoder, tuple(languages)
        self._classes = Classes(flow)
        self._language = LanguageReader(languages)

    def warm(self) -> None:
        """Builds everything now, seconds of work, so that the first mention need not wait for it."""
        self.suggest_many(("",))
        for language in self._languages:
            lexicons(language)
        if self._encoder is not None:
            self.reconsider(("",))

    def suggest_many(self, texts: Sequence[str], hints: Sequence[str | None] = ()) -> list[Suggestion]:
        """The inline speed; `hints` are the languages that the network names, where it does."""
        return [s for part in _batches(texts, hints) for s in self._suggest(part, semantic=False)]

    def reconsider(self, texts: Sequence[str], hints: Sequence[str | None] = ()) -> list[Suggestion]:
        """The semantic speed; needs an encoder."""
        if self._encoder is None:
            raise RuntimeError("this triage has no encoder")
        return [s for part in _batches(texts, hints) for s in self._suggest(part, semantic=True)]

    def learn(self, clicks: Iterable[Click]) -> None:
        """One click at a time, in the order given: replicas that replay the same clicks agree exactly."""
        for click in clicks:
            number = self._classes.number(click.tag)
            if number is not None:
                self._speeds.learn(click.text, number, truth=click.truth)

    def remember(self, seen: Iterable[tuple[str, int]]) -> None:
        """Texts of the past with the clusters they were given, oldest first: near-duplicates of them are known again."""
        for text, cluster in seen:
            self._duplicates.remember(text, cluster)

    def reasons(self, text: str) -> tuple[tuple[str, str], ...]:
        """The trigger words met and what each hints at: a tag's name, `crisis` or `ordinary`."""
        return self._speeds.reasons(text)

    @cached_property
    def _speeds(self) -> Speeds:
        from flows.triage.speeds import Speeds  # noqa: PLC0415 - numpy loads after the bot is ready

        return Speeds(self._flow, self._classes, self._vectors)

    @cached_property
    def _vectors(self) -> SentenceVectors | None:
        from flows.triage.vectors import SentenceVectors  # noqa: PLC0415 - numpy loads after the bot is ready

        return None if self._encoder is None else SentenceVectors(self._encoder)

    @cached_property
    def _anger(self) -> AngerReader:
        from flows.triage.anger import AngerReader  # noqa: PLC0415 - numpy loads after the bot is ready

        return AngerReader(self._flow)

    @cached_property
    def _duplicates(self) -> NearDuplicates:
        from flows.triage.duplicates import NearDuplicates  # noqa: PLC0415 - numpy loads after the bot is ready

        return NearDuplicates()

    def _suggest(self, batch: Sequence[tuple[str, str | None]], *, semantic: bool) -> Iterable[Suggestion]:
        texts = [text for text, _ in batch]
        crisis, tags, anger = self._reread(texts) if semantic else (*self._speeds.judge(texts, None), self._anger.read(texts))
        languages = self._language.read_many(texts, [hint for _, hint in batch])
        felt = moods(texts, languages, anger.tolist())
        best = tags.argsort(axis=1)[:, : -BUTTONS - 1 : -1].tolist()
        for number, text in enumerate(texts):
            sure = float(crisis[number])
            offered = self._offered(best[number], tags[number].tolist())
            yield Suggestion(
                crisis=sure >= 0.5,
                crisis_confidence=round(sure, 4),
                language=languages[number],
                tags=offered,
                severity=self._severity(sure, offered),
                anger=round(float(anger[number]), 4),
                question=asks(text),
                cluster=self._duplicates.place(text),
                by="semantic" if semantic else "linear",
                mood=round(felt[number], 4),
            )

    def _reread(self, texts: Sequence[str]) -> tuple[Any, Any, Any]:
        assert self._vectors is not None
        vectors = self._vectors.of(texts)
        crisis, tags = self._speeds.judge(texts, vectors)
        anger = self._anger.reread(texts, vectors, self._vectors)
        self._vectors.forget()
        return crisis, tags, anger

    def _offered(self, best: Sequence[int], confidences: Sequence[float]) -> tuple[tuple[str, float], ...]:
        worth = [n for place, n in enumerate(best) if place < ALWAYS or confidences[n] >= WORTH_A_BUTTON]
        return tuple((self._classes.tags[n], round(confidences[n], 4)) for n in worth)

    def _severity(self, sure: float, offered: Sequence[tuple[str, float]]) -> Severity:
        found = [self._flow.tags[tag].severity for tag, _ in offered]
        counted = [s for s, (_, confidence) in zip(found, offered, strict=True) if confidence * sure ** _STRICT[s] >= _BAR[s]]
        return max(counted, default=Severity.NORMAL if sure >= 0.5 else Severity.LOW)


def _batches(texts: Sequence[str], hints: Sequence[str | None]) -> Iterable[list[tuple[str, str | None]]]:
    pairs = list(zip_longest(texts, hints[: len(texts)]))
    return (pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH))

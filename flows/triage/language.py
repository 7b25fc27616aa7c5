"""Names the language of a text: one of those in use wherever that is plausible, else the one it seems to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from flows.triage.normalise import shortened

if TYPE_CHECKING:
    from flows.triage.letters import Letters

# Others worth telling apart: a message in one of them is not forced into a language in use.
OTHERS = ("de", "it", "pt", "nl", "ca", "eu", "pl", "ro", "sv", "tr", "ar", "he", "ru", "uk", "el", "hi", "zh", "ja", "ko")
_NOISE = re.compile(r"(?:https?|www\.)\S*|[@#]\w+|&\w+;|__\w+__|\d+")
_LETTERS = re.compile(r"[^\W\d_]")
_SURE = 14.0  # how much likelier (in logarithms) another language must be than the best one in use
_READ = 400  # characters that tell a language: more make it no surer
_FEW = 12  # below so many letters another language is only believed from its script


class LanguageReader:
    """Loads what it knows of languages at first use."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)

    def read(self, text: str, hint: str | None = None) -> str:
        """An ISO 639 code, or `und` where there is nothing to read; the network's own hint decides in doubt."""
        return self.read_many((text,), (hint,))[0]

    def read_many(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[str]:
        """The same for each text, with its hint; reading them together is quicker."""
        plains = [_NOISE.sub(" ", shortened(text)).strip()[:_READ] for text in texts]
        scores = self._letters.scores(plains).tolist()
        return [self._chosen(plain, _code(hint), found) for plain, hint, found in zip(plains, hints, scores, strict=True)]

    def _chosen(self, plain: str, hint: str, scores: list[float]) -> str:
        letters = len(_LETTERS.findall(plain))
        if not letters:
            return hint if hint in self._languages else "und"
        names: list[str] = self._letters.names
        if hint in self._languages:
            scores[names.index(hint)] += 4.0
        mine = max((n for n, name in enumerate(names) if name in self._languages), key=scores.__getitem__)
        best = max(range(len(names)), key=scores.__getitem__)
        foreign = scores[best] - scores[mine] > _SURE and (letters >= _FEW or not plain.isascii())
        return names[best if foreign else mine]

    @cached_property
    def _letters(self) -> Letters:
        from flows.triage.letters import Letters  # noqa: PLC0415 - numpy loads after the bot is ready

        return Letters(tuple(dict.fromkeys((*self._languages, *OTHERS))))


def _code(hint: str | None) -> str:
    return (hint or "")[:2].lower()

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
_HINTED = 4.0  # what a hint adds to its language, in logarithms
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
        known = [_code(hint) if _code(hint) in self._languages else "" for hint in hints]
        names, scores = self._letters.names, self._letters.scores(plains)
        for number, hint in enumerate(known):
            if hint:
                scores[number, names.index(hint)] += _HINTED
        ours = sum(name in self._languages for name in names)  # the first columns
        best, mine = scores.argmax(axis=1), scores[:, :ours].argmax(axis=1)
        ahead = scores.max(axis=1) - scores[:, :ours].max(axis=1) > _SURE
        return [
            _chosen(plain, hint, names[mine[n]], names[best[n]], ahead=bool(ahead[n]))
            for n, (plain, hint) in enumerate(zip(plains, known, strict=True))
        ]

    @cached_property
    def _letters(self) -> Letters:
        from flows.triage.letters import Letters  # noqa: PLC0415 - numpy loads after the bot is ready

        return Letters(tuple(dict.fromkeys((*self._languages, *OTHERS))))


def _chosen(plain: str, hint: str, mine: str, best: str, *, ahead: bool) -> str:
    if not _LETTERS.search(plain):
        return hint or "und"
    return best if ahead and (not plain.isascii() or len(_LETTERS.findall(plain)) >= _FEW) else mine


def _code(hint: str | None) -> str:
    return (hint or "")[:2].lower()

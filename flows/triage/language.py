"""Names the language of a text: one of those in use wherever that is plausible, else the one it seems to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flows.triage.normalise import shortened

# Others worth telling apart: a message in one of them is not forced into a language in use.
OTHERS = ("de", "it", "pt", "nl", "ca", "eu", "pl", "ro", "sv", "tr", "ar", "he", "ru", "uk", "el", "hi", "zh", "ja", "ko")
_NOISE = re.compile(r"(?:https?|www\.)\S*|[@#]\w+|&\w+;|__\w+__|\d+")
_LETTERS = re.compile(r"[^\W\d_]")
_SURE = 14.0  # how much likelier (in logarithms) another language must be than the best one in use
_FEW = 12  # below so many letters another language is only believed from its script


class LanguageReader:
    """py3langid, cut down to some twenty languages (a third of its memory) and loaded at first use."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)

    def read(self, text: str, hint: str | None = None) -> str:
        """An ISO 639 code, or `und` where there is nothing to read; the network's own hint decides in doubt."""
        plain = _NOISE.sub(" ", shortened(text)).strip()
        letters = len(_LETTERS.findall(plain))
        if not letters:
            return _code(hint) if _code(hint) in self._languages else "und"
        scores = dict(self._identifier.rank(plain))
        if _code(hint) in self._languages:
            scores[_code(hint)] += 4.0
        mine = max(self._languages, key=lambda language: scores[language])
        best = max(scores, key=lambda language: scores[language])
        foreign = scores[best] - scores[mine] > _SURE and (letters >= _FEW or not plain.isascii())
        return best if foreign else mine

    @cached_property
    def _identifier(self) -> Any:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - half a second and 50 MB

        whole = LanguageIdentifier.from_model_file(MODEL_FILE)
        kept = [n for n, name in enumerate(whole.nb_classes) if name in {*self._languages, *OTHERS}]
        return LanguageIdentifier(
            whole.nb_ptc[:, kept].copy(),
            whole.nb_pc[kept],
            [whole.nb_classes[n] for n in kept],
            whole.tk_nextmove,
            whole.tk_output,
            tk_row=whole.tk_row,
        )


def _code(hint: str | None) -> str:
    return (hint or "")[:2].lower()

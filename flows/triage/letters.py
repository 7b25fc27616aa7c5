"""The runs of letters that tell languages apart: py3langid's model in a tenth of its memory, asked about many texts at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 2_000  # states whose ways on are looked at together: bounds memory while loading
_BYTE = np.uint64(8)  # bits
_UNKNOWN = -2


class Letters:
    """Scores languages by the runs of bytes that a text holds, as py3langid does.

    py3langid walks a table of 40 MB byte by byte. Where that walk stands is told by the longest run it knows that
    ends there: here the runs themselves are kept, by length and in order, and found by bisection.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - half a second, and 60 MB until this returns

        model = LanguageIdentifier.from_model_file(MODEL_FILE)
        kept = [n for language in languages for n, name in enumerate(model.nb_classes) if name == language]
        self.names = [model.nb_classes[n] for n in kept]
        self._likely = model.nb_ptc[:, kept].copy()  # logarithms; a row for each run that tells something
        self._before = model.nb_pc[kept].copy()
        moves = np.frombuffer(model.tk_nextmove, model.tk_nextmove.typecode).reshape(-1, 256)
        self._runs = list(_runs(moves, np.array(model.tk_row), np.array(model.tk_output, np.int32)))

    def scores(self, texts: Sequence[str]) -> NDArray[Any]:
        """A row per text and a column per name: logarithms of likelihood, all alike where no run is known."""
        lines = [_bytes(text) for text in texts]
        lengths = [len(line) for line in lines]
        owners = np.repeat(np.arange(len(lines)), lengths)
        places = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        told = self._told(np.frombuffer(b"".join(lines), np.uint8), places)
        keys, times = np.unique((owners[told >= 0] << 32) | told[told >= 0], return_counts=True)
        result = np.zeros((len(lines), len(self.names)), np.float32)
        if len(keys):
            each = self._likely[keys & 0xFFFFFFFF] * np.log1p(times.astype(np.float32))[:, None]
            known, first = np.unique(keys >> 32, return_index=True)
            result[known] = np.add.reduceat(each, first, axis=0) + self._before
        return result

    def _told(self, line: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
        """The row that the longest known run ending at each byte leads to, or -1; `places` are the bytes' in their texts."""
        result = np.full(len(line), _UNKNOWN, np.int64)
        left = np.arange(len(line))
        for length, values, rows in reversed(self._runs):
            asked = left[places[left] >= length - 1]
            wanted = np.zeros(len(asked), np.uint64)
            for back in range(length - 1, -1, -1):
                wanted = (wanted << _BYTE) | line[asked - back]
            at = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
            known = values[at] == wanted
            result[asked[known]] = rows[at[known]]
            left = left[result[left] == _UNKNOWN]
        return result


def _runs(moves: NDArray[Any], row: NDArray[Any], told: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
    """Each length with the known runs of it as sorted numbers (a byte a digit) and the row that each leads to.

    A state is first reached, counting bytes from the start, by the run that it stands for.
    """
    seen = np.zeros(len(row), bool)
    states, values = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    seen[0] = True
    for length in count(1):
        found = [_next(moves[row[states[n : n + _AT_ONCE]]], values[n : n + _AT_ONCE], seen) for n in range(0, len(states), _AT_ONCE)]
        states, values = (np.concatenate(part) for part in zip(*found, strict=True))
        if not len(states):
            return
        seen[states] = True
        order = np.argsort(values)
        yield length, values[order], told[states[order]]


def _next(ways: NDArray[Any], values: NDArray[Any], seen: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    parents, byte = np.nonzero(~seen[ways])
    return ways[parents, byte].astype(np.int64), (values[parents] << _BYTE) | byte.astype(np.uint64)


def _bytes(text: str) -> bytes:
    whole = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", whole).encode("utf-8", "surrogatepass")

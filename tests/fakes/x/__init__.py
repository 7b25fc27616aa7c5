"""A small X over real HTTP that obeys the vendor's pages: signatures, limits, prices, who may be answered, the stream."""

from .server import FakeX

__all__ = ["FakeX"]

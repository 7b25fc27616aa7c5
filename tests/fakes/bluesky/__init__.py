"""A stand-in for Bluesky over real HTTP: a PDS and what it hands on of the AppView, with their limits, their tokens and their refusals."""

from .server import FakeBluesky
from .world import Account, World

__all__ = ["Account", "FakeBluesky", "World"]

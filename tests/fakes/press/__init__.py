"""A news site over real HTTP, with its feed in RSS 2.0 or Atom 1.0 as their specifications have it."""

from tests.fakes.press.site import Entry, Site, running

__all__ = ["Entry", "Site", "running"]

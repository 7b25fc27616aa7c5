"""A stand-in for Meta: one page with its Instagram account on the Graph API over real HTTP, and its webhook, signed as Meta signs."""

from .server import FakeMeta as FakeMeta
from .world import Limits as Limits

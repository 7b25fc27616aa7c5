"""A stand-in for Slack over real HTTP and WebSocket that enforces Slack's limits."""

from .clock import Clock, ManualClock
from .controls import CannotActError
from .delivery import Ack, sign
from .events import Delivered
from .limits import Limits
from .modals import Submission
from .reading import calls_out, links
from .server import FakeSlack
from .validate import problems, view_problems

__all__ = [
    "Ack",
    "CannotActError",
    "Clock",
    "Delivered",
    "FakeSlack",
    "Limits",
    "ManualClock",
    "Submission",
    "calls_out",
    "links",
    "problems",
    "sign",
    "view_problems",
]

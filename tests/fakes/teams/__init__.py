"""A stand-in for Microsoft Teams' Bot Connector over real HTTP that enforces the limits of Teams."""

from tests.fakes.slack.clock import Clock, ManualClock

from .acting import Dialog
from .adaptive import dialog_problems, problems, warnings
from .controls import CannotActError
from .delivery import Answer
from .keys import FORGERIES
from .limits import Limits
from .reading import actions, buttons, calls_out, card_text, card_texts, inputs, links, message_text
from .server import FakeTeams
from .state import Conversation, Message, Person, Team

__all__ = [
    "FORGERIES",
    "Answer",
    "CannotActError",
    "Clock",
    "Conversation",
    "Dialog",
    "FakeTeams",
    "Limits",
    "ManualClock",
    "Message",
    "Person",
    "Team",
    "actions",
    "buttons",
    "calls_out",
    "card_text",
    "card_texts",
    "dialog_problems",
    "inputs",
    "links",
    "message_text",
    "problems",
    "warnings",
]

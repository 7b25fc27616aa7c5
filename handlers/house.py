"""Everything that stands behind more than one door, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.flow import Flow
from handlers.board import Board
from handlers.escalation.links import Links
from handlers.escalation.rotas import Rotas
from handlers.inbox import Inbox
from handlers.machine import Learner
from handlers.mentions import Mentions
from handlers.networks import Connected
from handlers.shelf import Shelf
from handlers.use_cases import UseCases
from storage.database import Store


@dataclass(frozen=True)
class House:
    """Built once, in the order in which one needs the other; nothing in it has connected yet."""

    store: Store
    flow: Flow
    shelf: Shelf
    board: Board
    learner: Learner
    mentions: Mentions
    inbox: Inbox
    links: Links
    rotas: Rotas
    acts: UseCases
    outside: Mapping[str, Connected] = field(default_factory=dict)  # the networks that are configured, by name

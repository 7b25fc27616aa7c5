"""Everything that a person can do here, in one value: what the composition root hands to a workspace's door."""

from dataclasses import dataclass

from handlers.cases import Cases
from handlers.crises import Crises
from handlers.customers import Customers
from handlers.desk import Desk
from handlers.glance import Glance
from handlers.history import History
from handlers.logbook import Logbook
from handlers.queue import Queue
from handlers.signin import Signin
from handlers.spoken import Spoken
from handlers.staff import Staff
from handlers.tags import Tags
from handlers.workspaces import Workspaces


@dataclass(frozen=True)
class UseCases:
    """Each door calls those that it has buttons, pages or words for."""

    cases: Cases
    tags: Tags
    customers: Customers
    crises: Crises
    logbook: Logbook
    staff: Staff
    workspaces: Workspaces
    signin: Signin
    desk: Desk
    queue: Queue
    history: History
    glance: Glance

    @property
    def spoken(self) -> Spoken:
        """What is typed instead of clicked."""
        return Spoken(self.cases, self.desk, self.crises, self.staff)

"""The use cases that the console's pages call."""

from dataclasses import dataclass

from handlers.cases import Cases
from handlers.crises import Crises
from handlers.customers import Customers
from handlers.desk import Desk
from handlers.history import History
from handlers.logbook import Logbook
from handlers.queue import Queue
from handlers.signin import Signin
from handlers.staff import Staff
from handlers.tags import Tags
from handlers.workspaces import Workspaces


@dataclass(frozen=True)
class Acts:
    signin: Signin
    queue: Queue
    desk: Desk
    history: History
    cases: Cases
    customers: Customers
    tags: Tags
    logbook: Logbook
    crises: Crises
    staff: Staff
    workspaces: Workspaces

"""For doors whose vendor delivers the same act again when it had no answer in time."""

from storage.deliveries import Repeated as Repeated  # noqa: PLC0414 - doors may not import storage
from storage.deliveries import once as once  # noqa: PLC0414

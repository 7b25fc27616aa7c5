"""Who was told what, by which way, and who has it: the ladder of each case, its calls, the notices that carried them; who is on duty."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from storage.tables.base import metadata
from storage.types import Id, Instant

escalations = Table(
    "escalations",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("state", Text, nullable=False, index=True),  # climbing, acknowledged, snoozed, unanswered, over
    Column("climb", Integer, nullable=False, server_default="0"),  # grows at every beginning from the first step
    Column("repeats", Integer, nullable=False, server_default="0"),  # how many of these FLOW's own repetition was
    Column("step", Integer, nullable=False, server_default="0"),  # the one to be told next
    Column("acknowledged_by", Id, ForeignKey("people.id")),
    Column("acknowledged_at", Instant),
    Column("snoozed_until", Instant),
    Column("reminded_at", Instant),  # that nothing has followed the acknowledgement
    Column("changed_at", Instant, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("climb", Integer, nullable=False),
    Column("step", Integer),  # null: somebody gave the case to this person
    Column("ladder", Text),  # whose step it is: the case may climb another one by now
    Column("ended", Integer),  # the step, from 1, that had run out when this one came; on the first of its calls
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("otherwise", JSON, nullable=False),  # the ways that are left, should those in use fail
    Column("called_at", Instant, nullable=False),
    Column("told_at", Instant),  # when the first notice of it arrived
    Column("failed_at", Instant),  # no way is left: not told
    Column("acknowledged_at", Instant),
    Column("over_at", Instant),  # nobody waits for this person any more
    UniqueConstraint("case_id", "climb", "step", "person_id"),  # a step calls somebody once, whatever breaks
)

Index("ix_calls_person", calls.c.person_id, calls.c.called_at)

_untold = text("told_at IS NULL AND failed_at IS NULL AND over_at IS NULL")

Index("ix_calls_untold", calls.c.called_at, sqlite_where=_untold, postgresql_where=_untold)

_awaited = text("over_at IS NULL AND acknowledged_at IS NULL")

_wanted = [calls.c.person_id, calls.c.severity.desc(), calls.c.id, calls.c.case_id]
Index("ix_calls_awaited", *_wanted, sqlite_where=_awaited, postgresql_where=_awaited)

Index("ix_calls_called_at", calls.c.called_at)

_acknowledged = text("acknowledged_at IS NOT NULL")

Index("ix_calls_acknowledged_at", calls.c.acknowledged_at, sqlite_where=_acknowledged, postgresql_where=_acknowledged)

Index("ix_escalations_acknowledged_at", escalations.c.acknowledged_at, sqlite_where=_acknowledged, postgresql_where=_acknowledged)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id")),  # null: in a case's thread, for all whom its step calls
    Column("case_id", Id, ForeignKey("cases.id")),  # only in a thread
    Column("way", Text, nullable=False),  # slack, email, pagerduty …: the name of the door
    Column("address", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),  # calls within the minute after it join it
    Column("told_at", Instant),
    Column("failed_at", Instant),
    Column("reason", Text),
    Column("external_id", Text),  # what it became there
)

Index("ix_notices_person", notices.c.person_id, notices.c.way, notices.c.opened_at)

notice_calls = Table(
    "notice_calls",
    metadata,
    Column("notice_id", Id, ForeignKey("notices.id"), primary_key=True),
    Column("call_id", Id, ForeignKey("calls.id"), primary_key=True, index=True),
)

rotas = Table(
    "rotas",
    metadata,
    Column("name", Text, primary_key=True),
    Column("source", Text, nullable=False),  # a file or an address
    Column("text", Text),  # as it was last read well
    Column("read_at", Instant),
    Column("tried_at", Instant),
    Column("reason", Text),  # why the last attempt failed
)

keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # signs the links in our mails; shared by all replicas
    Column("made_at", Instant, nullable=False),
)

"""By which ways a customer may be answered: a table of what the network lets us do, what they wrote, and what we sent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from handlers.answers.reach import Reach, reach
from handlers.networks import Abilities

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOON, PAST = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
ALL, ONCE = Abilities(), Abilities(private_once=True)


@dataclass
class Said:
    id: int
    no_answer: str | None = None
    private_until: datetime | None = None
    private: bool = False
    deleted_at: datetime | None = None

    @property
    def external_id(self) -> str:
        return f"m{self.id}"


@pytest.mark.parametrize(
    ("able", "said", "told", "expected"),
    [
        (ALL, [Said(1)], (), Reach()),
        (ALL, [], (), Reach()),
        (Abilities(public=False), [Said(1)], (), Reach("public")),
        (Abilities(private=False), [Said(1)], (), Reach(private="private")),
        (Abilities(public=False, private=False), [Said(1)], (), Reach("public", "private")),
        # whom nobody may answer
        (ALL, [Said(1, "automatic")], (), Reach("automatic", "automatic")),
        (ALL, [Said(1, "list")], (), Reach("list", "list")),
        (ALL, [Said(1, "automatic"), Said(2)], (), Reach()),
        (ALL, [Said(1), Said(2, "automatic")], (), Reach()),
        (ALL, [Said(1, "automatic"), Said(2, deleted_at=PAST)], (), Reach("automatic", "automatic")),
        (ALL, [Said(1, "not_summoned")], (), Reach("not_summoned")),
        (ALL, [Said(1, "not_summoned"), Said(2)], (), Reach()),
        (ALL, [Said(1, "not_summoned"), Said(2, deleted_at=PAST)], (), Reach("not_summoned")),
        # until when
        (ALL, [Said(1, private_until=SOON)], (), Reach(until=SOON)),
        (ALL, [Said(1, private_until=NOW)], (), Reach(None, "private_over", NOW)),
        (ALL, [Said(1, private_until=PAST)], (), Reach(None, "private_over", PAST)),
        (ALL, [Said(1, private_until=PAST), Said(2, private_until=SOON)], (), Reach(until=SOON)),
        (ALL, [Said(1, private_until=SOON), Said(2, private_until=PAST, private=True)], (), Reach(None, "private_over", PAST)),
        (ALL, [Said(1, private_until=SOON), Said(2, private_until=PAST, deleted_at=PAST)], (), Reach(until=SOON)),
        # once
        (ONCE, [Said(1)], ("m1",), Reach(private="private_once")),
        (ALL, [Said(1)], ("m1",), Reach()),
        (ONCE, [Said(1)], ("m9",), Reach()),
        (ONCE, [Said(1), Said(2)], ("m1",), Reach()),
        (ONCE, [Said(1), Said(2)], ("m2",), Reach(private="private_once")),
        (ONCE, [Said(1), Said(2, private=True)], ("m1",), Reach()),
        (ONCE, [Said(1, private=True)], ("m1",), Reach()),
        (ONCE, [Said(1, private_until=PAST)], ("m1",), Reach(None, "private_over", PAST)),
    ],
)
def test_by_which_ways_a_customer_may_be_answered(able, said, told, expected):
    assert reach(able, said, told, NOW) == expected

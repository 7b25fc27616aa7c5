"""The forms of a ladder: put a case off until later, give it to a colleague. Pure."""

from collections.abc import Sequence

from handlers.ports import Field, FieldKind, Form, Option, Words
from storage.people import Person

LISTED = 100  # choices; doors show no more
SPANS = ("15m", "30m", "1h", "2h", "4h", "8h")


def snooze_form(case_id: int, most_minutes: int) -> Form:
    """The spans that FLOW allows, or a moment of one's own."""
    minutes = {"15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "8h": 480}
    allowed = [span for span in SPANS if minutes[span] <= most_minutes]
    options = tuple(Option(span, Words("call.span", {"minutes": minutes[span]})) for span in allowed)
    fields = (
        Field("span", Words("call.form_span"), FieldKind.CHOICE, options, optional=True),
        Field("at", Words("call.form_until"), FieldKind.MOMENT, optional=True),
    )
    intro = (Words("call.form_snooze_intro", {"minutes": most_minutes}),)
    return Form("snooze", Words("call.form_snooze", {"number": case_id}), Words("call.form_snooze_submit"), fields, str(case_id), intro)


def reassign_form(case_id: int, team: Sequence[tuple[Person, bool]]) -> Form:
    """`team`: each with whether they are at work now; those come first."""
    ordered = sorted(team, key=lambda one: not one[1])[:LISTED]
    options = tuple(Option(person.name, Words("call.person", {"name": person.name, "at_work": awake})) for person, awake in ordered)
    field = Field("name", Words("call.form_person"), FieldKind.CHOICE, options)
    return Form("reassign", Words("call.form_reassign", {"number": case_id}), Words("call.form_reassign_submit"), (field,), str(case_id))

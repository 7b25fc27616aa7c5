"""Short ways to say what a test of the ways to wake somebody needs."""

from handlers.couriers import Colleague, Notice
from handlers.ports import Label, Words
from tests.notices.services import OWN_KEY

PAGERS = {"pagerduty": OWN_KEY, "ntfy": "ana-topic"}
ANA = Colleague("Ana", "en", email="ana@meridia.example", phone="+34600000001", pagers=PAGERS)
NOBODY = Colleague("Nobody", "en")
LINK = "https://crisis.example.com/calls/abc.def"
TAGS = (Label({"en": "Phishing", "es": "Suplantación", "fr": "Hameçonnage"}),)


def line(number: int, **facts: object) -> Words:
    ladder = Label({"en": "Data breach", "es": "Filtración", "fr": "Fuite"})
    return Words("notice.line", {"number": number, "severity": "critical", "ladder": ladder, "minutes": 12, "tags": TAGS, **facts})


def notice(token: str = "n1", **given: object) -> Notice:
    facts = {
        "thread": "calls:7",
        "language": "en",
        "severity": "critical",
        "title": Words("notice.title", {"cases": 1, "severity": "critical", "exercise": False}),
        "lines": (line(7), Words("notice.how")),
        "link": LINK,
        **given,
    }
    return Notice(token, **facts)


def over(token: str = "n2", **given: object) -> Notice:
    return notice(
        token, title=Words("notice.over_title"), lines=(Words("notice.over_line", {"number": 7, "name": "Luis"}),), over=True, **given
    )

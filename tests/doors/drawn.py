"""What the tests of our pictures look at: a FLOW with every kind of ladder, and a sheet's shapes."""

import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from datetime import timedelta

from bot.pictures.lettering import width
from bot.pictures.shapes import Box, Sheet, Text
from flows.flow import Flow
from flows.ladder import Fits, Ladder, Step, Whom
from flows.severity import Severity
from tests.builders import data_breach

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Datenschutzgrundverordnungsbeauftragtenstellvertreterin Dampfschifffahrtsgesellschaftskapitän"
HOSTILE = '"]; end --> x((" <script>alert(1)</script> & `**md**` 1. one #quot; %% {a} [b] | \\ \x00\x07\ud800 日本 🔥 \u202e]]> {{ 7*7 }}'


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def named(label: str) -> dict[str, str]:
    return dict.fromkeys(("en", "es", "fr"), label)


def roles(*names: str) -> tuple[Whom, ...]:
    return tuple(Whom(role=name) for name in names)


LIFE = Ladder(
    "life",
    {"en": "Danger to somebody", "es": "Peligro para alguien", "fr": "Danger pour quelqu’un"},
    Fits(tags=("threat_to_life",)),
    (
        Step((Whom(on_duty="duty_care"),), by=("direct", "webhook"), otherwise=("email",)),
        Step(roles("lead", "manager"), minutes(3), ("direct", "webhook"), everyone=True),
        Step((Whom(person="Grace Okafor"),), minutes(5), ("webhook",), ("email", "thread")),
    ),
    minutes(10),
    timedelta(hours=4),
    wait=minutes(5),
    repeat=3,
    at_last=roles("manager", "legal"),
)
PRESS = Ladder(
    "press",
    named("Press"),
    Fits(tags=("press",), kinds=("press", "regulator"), reach=50_000, networks=("x", "mastodon"), languages=("en", "fr"), about="crisis"),
    tuple(Step(roles("press_officer"), minutes(10), ("thread",)) for _ in range(7)),
    repeat=1,
)
GRAVE = Ladder("grave", named("Grave"), Fits(severity=Severity.HIGH), (Step(roles("agent")),), resolution=timedelta(days=2), working=True)
REST = Ladder("rest", named("All the rest"))
LADDERS = (LIFE, PRESS, GRAVE, REST)


def flow_of(*ladders: Ladder) -> Flow:
    return replace(data_breach(), ladders=ladders)


def many(count: int) -> Flow:
    return flow_of(*(replace(LADDERS[place % 3], name=f"ladder{place}") for place in range(count)))


def renamed(ladder: Ladder, name: str) -> Ladder:
    """Every word of it that comes from the file or from people is this one."""
    steps = tuple(replace(step, tell=(Whom(person=name), Whom(role=name), Whom(on_duty=name))) for step in ladder.steps)
    return replace(ladder, label=named(name), steps=steps, at_last=(Whom(person=name),))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def said(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(svg).iter(f"{SVG}text")]


def span_of(text: Text) -> tuple[float, float]:
    """From where to where a line of words reaches."""
    wide = width(text.words, text.look)
    begin = text.x - wide * {"start": 0, "middle": 0.5, "end": 1}[text.anchor]
    return begin, begin + wide


def astray(sheet: Sheet) -> list[str]:
    """Lines that reach out of the narrowest box that they begin in, or out of what they were given."""
    boxes = sorted((shape for shape in sheet.shapes if isinstance(shape, Box)), key=lambda box: box.width)
    return [text.words for text in sheet.texts() if not _at_home(text, boxes)]


def _at_home(text: Text, boxes: list[Box]) -> bool:
    begin, end = span_of(text)
    home = next(box for box in boxes if _holds(box, text) and box.look not in ("edge", "arrival", "work", "rest", "unanswered", "late"))
    inside = home.x <= begin and end <= home.x + home.width and text.y - text.look.size >= home.y
    return inside and end - begin <= text.room + 0.01


def _holds(box: Box, text: Text) -> bool:
    return box.x <= text.x <= box.x + box.width and box.y <= text.y <= box.y + box.height


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def ink(png: bytes) -> float:
    """The share of bytes by which a pixel differs from its neighbour: 0 for an empty sheet."""
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    rows = zlib.decompress(data)
    return 1 - rows.count(0) / len(rows)

"""Some kilobytes of HTML that anybody can send, and that would take a parser gigabytes or minutes."""

import resource
import time

import pytest

from bot.networks.email.hypertext import words_of
from bot.networks.press.plain import plain

UNCLOSED = "<p>" + "".join(f"<b id={number}>" for number in range(1200)) + "</p>" + "<p>x" * 1200
DEEP = "<ul>" * 16_000 + "<li>" * 16_000 + "the end"
SECONDS, MEGABYTES = 3.0, 100


def most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("read", [words_of, plain])
@pytest.mark.parametrize("html", [UNCLOSED, DEEP], ids=["unclosed", "deep"])
def test_a_bomb_of_html_is_read_at_once(read, html: str) -> None:
    before, begun = most_memory(), time.monotonic()
    read(html)
    assert time.monotonic() - begun < SECONDS
    assert most_memory() - before < MEGABYTES


@pytest.mark.parametrize("read", [words_of, plain])
def test_the_words_behind_very_many_tags_are_not_lost(read) -> None:
    assert "the end" in read("<p>x</p>" * 8_000 + "<i>the</i> <b class=y>end</b>".replace("</i> <b class=y>", " "))


@pytest.mark.parametrize("read", [words_of, plain])
def test_what_is_bold_or_slanted_keeps_its_words(read) -> None:
    assert read("<p>I want <b>my <i>money</i></b> <FONT color=red>back</FONT><br>now</p>").split() == [
        "I",
        "want",
        "my",
        "money",
        "back",
        "now",
    ]


@pytest.mark.parametrize(
    "html",
    ["<pre>" + " " * 60_000 + "words</pre>", "<p style='opacity:" + "0" * 60_000 + "1'>words</p>", "<b>" * 60_000 + "words"],
    ids=["blanks", "noughts", "tags"],
)
def test_no_pattern_is_slow_over_a_run_of_one_sign(html: str) -> None:
    begun = time.monotonic()
    assert "words" in words_of(html)
    assert time.monotonic() - begun < SECONDS

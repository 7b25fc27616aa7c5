"""A stranger's words as a door gets them: nothing to click, nothing invisible, nobody called, nothing that must stay hidden."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.customer_text import hides_something, keepable, plain
from handlers.ports import CustomerText

LIVE = re.compile(
    r"[a-z][a-z0-9+.\-]*://|\bwww\.|[a-z0-9]\.(?:com|net|org|ru|es|fr|io)\b|\b(?:javascript|data|https?|mailto|tel):\S", re.IGNORECASE
)
MASS = re.compile(r"@(?:channel|here|everyone|all|team)\b", re.IGNORECASE)
TRICKS = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def shown(text, most=3000, *, whole=False):
    return plain(CustomerText(text, whole), most)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://evil.com/a?b=c", "see hxxps[:]//evil[.]com/a?b=c"),
        ("HTTP://EVIL.COM", "HxxP[:]//EVIL[.]COM"),
        ("go to www.evil.ru", "go to www[.]evil[.]ru"),
        ("javascript:alert(1) data:text/html,x", "javascript[:]alert(1) data[:]text/html,x"),
        ("slack://open tg://resolve", "slack[:]//open tg[:]//resolve"),
        ("about my data: is it safe? Tel: none", "about my data: is it safe? Tel: none"),
        ("ok.thanks v1.2 e.g. this", "ok.thanks v1.2 e.g. this"),
        ("@everyone and @ana", "@\u200beveryone and @ana"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("fam 👨\u200d👩\u200d👧 ok\n\tnext", "fam 👨\u200d👩\u200d👧 ok\n\tnext"),
        ("bell\x07 null\x00", "bell null"),
    ],
)
def test_it_cannot_be_clicked_and_reads_as_it_was_meant(text, expected):
    assert shown(text) == expected


def test_invisible_signs_between_digits_hide_no_card_from_the_mask():
    text = "4111\u200b1111\u20601111\u00ad1111"
    assert shown(text) == "••••••11" and hides_something(text)
    assert shown(text, whole=True) == "4111111111111111"


def test_it_is_cut_where_the_door_says():
    assert shown("word " * 100, 12) == "word word w…" and len(shown("x" * 100_000, 3000)) == 3000


def test_what_no_database_can_keep_is_replaced():
    assert keepable("a\x00b\ud800c\udfffd 🙂") == "a\ufffdb\ufffdc\ufffdd 🙂"


@settings(max_examples=200, deadline=None)
@example("hthttp://tp://evil.com")
@example("ht\u200btps://evil.com")
@example("@every\u200bone @\u202eall")
@example("wwwww.www.evil.com")
@example("evil.c\u00adom")
@example("https:https://a.com//b.com")
@example("httphttphttphttphttpdata://")
@given(
    st.lists(
        st.sampled_from(
            [
                "http",
                "s",
                ":",
                "//",
                "evil",
                ".",
                "com",
                "www.",
                "@",
                "everyone",
                "all",
                " ",
                "\u200b",
                "\u202e",
                "data:",
                "x",
                "java",
                "script:",
                "\n",
                "mailto:",
                "h",
            ]
        ),
        max_size=25,
    ).map("".join)
    | st.text(max_size=100)
)
def test_no_order_of_tricks_leaves_anything_live(text):
    out = shown(text)
    assert not LIVE.search(out), out
    assert not MASS.search(out), out
    assert not TRICKS.search(out.replace("@\u200b", "@")), out

"""What came with a message is listed as its sender calls it, and harms nobody; and what the network says of it is erased with it."""

import json

import pytest
import sqlalchemy as sa

from bot.slack.blocks import card_blocks
from bot.terminal.pack import export
from handlers.cards import case_card, load
from handlers.customer_text import plain
from handlers.erasure import Erasure
from handlers.evidence import Evidence
from handlers.ports import Attachment, CustomerText
from storage import tables
from tests.builders import data_breach
from tests.handlers.forgotten import everything

HOSTILE = [
    "invoice https://evil.example/login.pdf",
    "<!channel> <@U1> @everyone.pdf",
    "x" * 10_000,
    "invoice\u202efdp.exe",
    "a\x00b\ud800.png",
    "*bold* `code` <https://evil.example|click>",
    "4111 1111 1111 1111.jpg",
    "",
]


def names_of(card):
    (words,) = [one for one in card.small if one.name == "case.attachments"]
    return [one.facts["name"] for one in words.facts["files"]], words.facts["more"]


async def carded(post, *files, **changes):
    number = await post.house.case("my_data, see what they sent me", attachments=files, **changes)
    async with post.store.read() as work:
        return case_card(await load(work, post.house.shelf, number))


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_name_is_stored_and_harms_nobody_on_a_card(post, name):
    card = await carded(post, Attachment(name, "application/pdf", 12_345))
    ((shown,), more) = names_of(card)
    assert isinstance(shown, CustomerText) and more == 0
    said = plain(shown, 100)
    assert len(said) <= 60 + 20 and "https://" not in said and "\u202e" not in said and "4111 1111 1111 1111" not in said
    assert "@everyone" not in said
    await post.send(3)
    blocks = json.dumps(card_blocks(post.slack.messages[0].card, "en"))
    assert "<!channel>" not in blocks and "<@U1>" not in blocks and "https://evil" not in blocks


async def test_four_are_named_and_the_rest_counted(post):
    names, more = names_of(await carded(post, *(Attachment(f"{n}.png", "image/png", 1000) for n in range(80))))
    assert ([one.raw for one in names], more) == (["0.png", "1.png", "2.png", "3.png"], 46), "50 are kept"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("application/pdf", "PDF"), ("image/svg+xml", "SVG"), ("image", "IMAGE"), ("", ""), ("<!channel>", ""), ("x/" + "y" * 99, "")],
)
async def test_the_kind_of_a_file_is_a_short_word_or_nothing(post, kind, shown):
    card = await carded(post, Attachment("a", kind))
    (words,) = [one for one in card.small if one.name == "case.attachments"]
    assert words.facts["files"][0].facts["kind"] == shown and words.facts["files"][0].facts["kb"] == 0


async def test_an_erasure_leaves_nothing_of_it(post):
    await carded(post, Attachment("kanarix.pdf", "application/pdf"), by="u-gone", context='{"uri": "kanarix"}', raw='{"by": "kanarix"}')
    erasure = Erasure(post.store, post.house.board)
    await erasure.erase(await erasure.find("x", "u-gone"))
    async with post.store.read() as work:
        (row,) = (await work.execute(sa.select(tables.mentions))).all()
    assert (row.attachments, row.context) == (None, None)
    assert "kanarix" not in str(await everything(post.store))


async def test_an_evidence_pack_names_what_came_with_a_message_and_why_it_was_not_answered(post, tmp_path):
    number = await post.house.case("my_data", attachments=(Attachment("=cmd()", "image/png", 5),), no_answer="list")
    assert await export(Evidence(post.store, data_breach()), number, None, tmp_path / "pack", "en") == 0
    said = (tmp_path / "pack" / "mentions.csv").read_text(encoding="utf-8-sig")
    assert "hidden_at,no_answer,attachments" in said and "list" in said and "=cmd()" in said

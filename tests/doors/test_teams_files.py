"""Pictures in Teams: within what a message may hold, told in words as well, and found again by whoever asks."""

# ruff: noqa: F811 - fixtures are imported, and come as arguments

import struct
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from bot.pictures.fitting import fitted
from bot.teams.cards import token_of
from bot.teams.files import SIDE, album_message, drawing_message
from handlers.errors import Unconfirmed
from handlers.insight.ports import Album
from handlers.pictures.flow_picture import drawn
from handlers.ports import Drawing, Place, Words
from templates import say
from tests.builders import data_breach
from tests.doors.charted import day
from tests.doors.test_teams_workspace import heard, long_ago, reaching, teams, workspace  # noqa: F401
from tests.fakes.teams import card_text, problems

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")
CRISIS = Place("19:crisis@thread.tacv2")
ALBUM = Album("tocsin-2026-11-22", Words("plain.text", {"text": "One day"}), day(), "a;b\n")


def flow() -> Drawing:
    return Drawing(Words("plain.text", {"text": "Our ladders"}), Words("picture.flow_described", {"count": 9}), drawn(data_breach(), None))


def pictures(message) -> list[bytes]:
    return [b64decode(one["contentUrl"].partition(",")[2]) for one in message["attachments"] if one["contentType"] == "image/png"]


def size(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_the_charts_come_with_their_title_and_are_told_in_words(language):
    message = await album_message(ALBUM, language, "t1", "https://tocsin.example")
    card = message["attachments"][0]["content"]
    assert problems(card) == []
    assert (token_of(card), message["summary"]) == ("t1", "One day")
    assert len(pictures(message)) >= 3
    assert all(max(size(png)) <= SIDE and len(png) <= 1_000_000 for png in pictures(message))
    assert sum(len(png) for png in pictures(message)) < 400_000
    text = card_text(card)
    assert say("digest.table", language) in str(card) and "https://tocsin.example/insight.csv" in str(card)
    assert text.count(":") >= 3, "each chart is told"


async def test_without_a_console_that_others_reach_there_is_no_button_that_leads_nowhere():
    assert "insight.csv" not in str(await album_message(ALBUM, "en", "t1", ""))


async def test_a_picture_that_is_too_high_comes_in_pieces_cut_where_nothing_stands():
    found = pictures(await drawing_message(flow(), "en"))
    assert len(found) > 1
    assert {size(png)[0] for png in found} == {SIDE}
    for png in found[:-1]:
        with Image.open(BytesIO(png)) as piece:
            last = piece.convert("RGB").crop((0, piece.height - 1, piece.width, piece.height)).getcolors()
        assert len(last) == 1, "a cut through a word would be seen"


def test_no_row_of_a_picture_is_lost_or_there_twice():
    tall = Image.new("RGB", (300, 2500), "white")
    for row in range(0, 2500, 10):
        tall.paste((row // 10, 0, 0), (0, row, 300, row + 10))
    content = BytesIO()
    tall.save(content, "PNG")
    assert sum(size(png)[1] for png in fitted(content.getvalue(), 1024)) == 2500


def test_a_picture_that_fits_stays_as_large_as_it_is():
    content = BytesIO()
    Image.new("RGB", (640, 480), "white").save(content, "PNG")
    (png,) = fitted(content.getvalue(), 1024)
    assert size(png) == (640, 480)


async def test_charts_are_shared_and_found_again_by_whoever_lost_the_answer(teams, workspace):
    workspace.services.note(heard(teams))
    teams.faults.next("send", "504_after_accept")
    with pytest.raises(Unconfirmed):
        await workspace.share(CRISIS, ALBUM, "en", "t1")
    (message,) = teams.channel("crisis").messages
    assert await workspace.find_shared(CRISIS, "t1", long_ago()) == message.id
    assert await workspace.find_shared(CRISIS, "t2", long_ago()) is None


async def test_where_nobody_can_be_asked_charts_are_shared_once_more(teams, workspace):
    assert await workspace.find_shared(Place(teams.user("Ana").aad_object_id), "t1", long_ago()) is None


async def test_a_picture_is_shown_to_whoever_asked_in_their_own_chat(teams, workspace):
    await workspace.show(Place(teams.user("Ana").aad_object_id), flow(), "en")
    (message,) = teams.chat("Ana").messages
    assert "Our ladders" in card_text(message.card)
    assert len(pictures(message.activity)) > 1

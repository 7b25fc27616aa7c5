"""Messages are found by their words, in any language, by filters; never what was erased, and never for long."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from handlers.erasure import Erasure
from handlers.mentions import DRILL
from handlers.ports import Event
from storage import tables
from storage.insight import finding
from storage.insight.finding import Asked, find, folded, phrase
from tests.builders import mention


def asked(*said: str, **narrowed: object) -> Asked:
    return Asked(tuple(one for one in map(phrase, said) if one), **narrowed)  # type: ignore[arg-type]


async def found(store, *said: str, **narrowed: object) -> list[int]:
    async with store.read() as work:
        return [hit.case_id for hit in (await find(work, asked(*said, **narrowed), 10)).hits]


async def test_all_words_must_be_there_and_the_newest_comes_first(house, store):
    one = await house.case("my password was stolen")
    two = await house.case("the password of my mother")
    await house.case("my invoice is wrong")
    assert await found(store, "password") == [two, one]
    assert await found(store, "my", "password") == [two, one]
    assert await found(store, "stolen", "password") == [one]
    assert await found(store, "nothing") == []


async def test_a_phrase_stands_together_and_an_open_word_goes_on(house, store):
    one = await house.case("please delete my data now")
    await house.case("my data: please delete")
    assert await found(store, "delete my data") == [one]
    assert len(await found(store, "delet*")) == 2
    assert await found(store, "delete m*") == [one]
    assert await found(store, "delet") == []


async def test_neither_accents_nor_capitals_keep_words_apart(house, store):
    spanish = await house.case("¿Qué pasó con mi CONTRASEÑA, señor?", language="es")
    french = await house.case("Où sont passées mes données ?", language="fr")
    assert await found(store, "contrasena") == await found(store, "Contraseña") == await found(store, "CONTRASEN\u0303A") == [spanish]
    assert await found(store, "donnees") == await found(store, "DONNÉES") == await found(store, "où") == [french]


async def test_signs_part_words_alike_on_both_databases(house, store):
    number = await house.case("see https://lure.example.com/log-in_now, order#12345 or mail ana.lopez@example.com (urgent!) it's")
    for word in ("lure", "example", "log", "in", "now", "12345", "lopez", "urgent", "log-in", "ana.lopez@example.com", "it's"):
        assert await found(store, word) == [number], word


async def test_filters_narrow_by_network_tag_person_and_time(house, store, dial):
    early = await house.case("stolen phishing", by="ana")
    dial.forward(hours=2)
    later = await house.case("stolen again", network="mastodon", by="bo")
    assert await found(store, "stolen", network="mastodon") == [later]
    assert await found(store, "stolen", tag="phishing") == [early]
    assert await found(store, handle="@ANA") == await found(store, "stolen", handle="ana") == [early]
    assert await found(store, "stolen", handle="@nobody") == []
    assert await found(store, "stolen", since=dial() - timedelta(hours=1)) == [later]
    assert await found(store, since=dial() + timedelta(hours=1)) == []
    assert await found(store) == [later, early]


async def test_what_a_customer_changed_is_shown_as_it_reads_now(house, store):
    one = mention("my old passwrod", by="ana")
    await house.mentions.receive([one])
    async with store.begin() as work:
        row = {"mention_id": 1, "change": "edited", "text": "my old password", "seen_at": await work.now()}
        await work.execute(sa.insert(tables.mention_changes).values(row))
        await work.commit()
    async with store.read() as work:
        assert [hit.text for hit in (await find(work, asked("old"), 10)).hits] == ["my old password"]


async def test_what_a_customer_took_back_is_not_found(house, store):
    one = mention("my stolen card", by="ana")
    await house.mentions.receive([one])
    assert len(await found(store, "stolen")) == 1
    await house.mentions.receive([replace(one, event=Event.DELETED)])
    assert await found(store, "stolen") == await found(store, handle="ana") == []


async def test_what_was_erased_is_never_found(house, store):
    await house.case("my secret illness", by="ana")
    kept = await house.case("a secret of mine", by="bo")
    eraser = Erasure(store, house.board)
    await eraser.erase(await eraser.find("x", "@ana"))
    assert await found(store, "illness") == await found(store, handle="@ana") == []
    assert await found(store, "secret") == await found(store) == [kept]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_after_an_erasure_no_word_of_it_is_left_in_the_file(house, store):
    for number in range(30):
        await house.case(f"somebody number{number} wrote", by="ana" if number == 7 else f"u{number}")
    await house.case("xylophonitis hurts", by="ana")
    eraser = Erasure(store, house.board)
    await eraser.erase(await eraser.find("x", "@ana"))
    async with store.begin() as work:
        await work.connection.commit()
    await asyncio.to_thread(_checkpoint, store.path)
    assert b"xylophonitis" not in Path(store.path).read_bytes()
    assert await found(store, "somebody", "number8")


def _checkpoint(path: str) -> None:
    engine = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


async def test_a_drill_is_not_what_customers_wrote(house, store):
    await house.mentions.receive([mention("stolen in a drill", source=DRILL)])
    assert await found(store, "stolen") == []


HOSTILE = ('"', '""', "*", "NEAR(a b)", "a AND", "NOT", "OR OR", "text:x", "^a", "{a}", "a -b", "(", "'; DROP TABLE mentions; --", "a'b", "&|!<->", ":*",
           "\\", "\x00", "\ud800", "😀", "a" * 5000, "%", "_", "-", "a:*b", "ﬁ", "İstanbul", "中文", "\u202e", "a\u0301")  # fmt: skip


@pytest.mark.parametrize("said", HOSTILE)
async def test_no_text_breaks_the_search(house, store, said):
    await house.case("a plain message")
    await found(store, said)
    await found(store, said, handle=said.encode(errors="replace").decode().replace("\x00", ""))


def test_folding_keeps_the_length():
    for text in ("Ñandú ﬁ İ ẞ 中文 é e\u0301 😀", "", "ǅ"):
        assert len(folded(text)) == len(text)


async def test_when_time_is_over_it_says_how_far_it_has_looked(house, store, monkeypatch):
    monkeypatch.setattr(finding, "FIRST", 2)
    monkeypatch.setattr(finding, "LARGEST", 2)
    monkeypatch.setattr(finding, "LEAST", 2)
    first = await house.case("needle")
    for _ in range(6):
        await house.case("hay")
    seconds = count()
    async with store.read() as work:
        hurried = await find(work, asked("needle"), 10, clock=lambda: float(next(seconds)))
        patient = await find(work, asked("needle"), 10)
    assert (hurried.hits, hurried.back_to is not None) == ((), True)
    assert ([hit.case_id for hit in patient.hits], patient.back_to) == ([first], None)

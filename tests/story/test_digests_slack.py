"""Digests in Slack, from the words that somebody types to the pictures in the channel; and by mail."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from bot.notices.email import Mail
from bot.submission import Encryption, Submission
from tests.dial import RunningDial
from tests.doors.slack_house import action_ids, all_text, slack_house, until
from tests.notices.mail_server import PASSWORD, USER, Post, running

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 7, 30, 1, tzinfo=UTC)  # 08:30 in Madrid


def answered(ack):
    return all_text(ack.body.get("blocks", [])) or str(ack.body.get("text", ""))


async def fire(there):
    return await there.house.insight.digests.fire()


def files(there, channel):
    return [one for message in there.messages(channel) for one in message.get("files", [])]


async def test_marketing_subscribes_in_words_and_reads_it_the_next_morning(tmp_path):
    dial = RunningDial(EVENING)
    async with slack_house(tmp_path, dial=dial) as there:
        marketing = there.slack.add_channel("marketing", is_private=True).id
        ack = await there.slack.command(
            there.max, "/crisis-digest", f"subscribe <#{marketing}|marketing> daily 08:30 Europe/Madrid es", there.crisis
        )
        assert "#marketing gets a digest every day at 08:30 (Europe/Madrid), in Spanish" in answered(ack)
        for _ in range(3):
            await there.house.case("my_data")
        assert await fire(there) == 0
        dial.at += MORNING - EVENING
        assert [await fire(there), await fire(there)] == [1, 0]
        message = await there.shown("3 mensajes", marketing)
        assert "Lo que escribieron los clientes" in all_text(message)
        await until(lambda: files(there, marketing))
        shared = files(there, marketing)
        assert [one["name"].rpartition(".")[2] for one in shared].count("png") == 3
        (table,) = [there.slack.state.files[one["id"]]["content"] for one in shared if one["name"].endswith(".csv")]
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
        assert {"section": "arrivals", "name": "mentions", "value": "3", "before": "0", "unit": "mentions"} in rows
        assert all(there.slack.state.files[one["id"]]["alt_txt"] for one in shared)
        assert len(there.slack.calls_of("files.completeUploadExternal")) == 1
        await fire(there)
        assert len([one for one in there.messages(marketing) if "mensajes" in all_text(one)]) == 1


async def test_where_it_is_typed_is_where_it_goes_when_nothing_is_said(tmp_path):
    async with slack_house(tmp_path) as there:
        assert "#crisis recibe un resumen cada día a las 08:30 (UTC), en inglés" in answered(
            await there.slack.command(there.bo, "/crisis-digest", "subscribe 8h30 daily en", there.crisis)
        )
        assert "#crisis" in answered(await there.slack.command(there.bo, "/crisis", "digest list", there.crisis))
        assert "#crisis" in answered(await there.slack.command(there.bo, "/crisis-digest", "baja", there.crisis))


async def test_a_plain_name_is_found_too(tmp_path):
    async with slack_house(tmp_path) as there:
        there.slack.add_channel("marketing", is_private=True)
        assert "#marketing gets" in answered(
            await there.slack.command(there.max, "/crisis-digest", "subscribe #Marketing weekly monday 9am UTC", there.crisis)
        )
        assert "can’t see" in answered(await there.slack.command(there.max, "/crisis-digest", "subscribe #nowhere daily", there.crisis))


async def test_a_channel_without_the_bot_is_not_promised_anything(tmp_path):
    async with slack_house(tmp_path) as there:
        far = there.slack.add_channel("far", bot=False).id
        assert "/invite" in answered(await there.slack.command(there.max, "/crisis-digest", f"subscribe <#{far}|far> daily", there.crisis))


@pytest.mark.parametrize("open_by", [{"is_private": False}, {"is_private": True, "is_ext_shared": True}])
async def test_an_open_channel_gets_counts_only_once_an_admin_says_so(tmp_path, open_by):
    dial = RunningDial(EVENING)
    async with slack_house(tmp_path, dial=dial) as there:
        general = there.slack.add_channel("town", **open_by).id
        await there.house.crises.open(await there.house.person("Zoe", "manager"), "Leak")
        asked = f"subscribe <#{general}|town> daily 08:30 Europe/Madrid"
        refused = answered(await there.slack.command(there.bo, "/crisis-digest", asked, there.crisis))
        assert "solo con cifras" in refused and "Max" in refused
        await there.slack.command(there.max, "/crisis-digest", asked, there.crisis)
        question = await there.told(there.max, "counts only")
        (act,) = action_ids(question)
        await there.slack.click(there.max, there.crisis, question["ts"], act)
        await there.told(there.max, "counts only. The first one")
        dial.at += MORNING - EVENING
        await fire(there)
        message = await there.shown("counts only, since", general)
        assert "Leak" not in all_text(message)


async def test_now_and_preview_answer_whoever_asks(tmp_path):
    async with slack_house(tmp_path) as there:
        await there.house.case("my_data")
        await there.slack.command(there.ana, "/crisis-digest", "preview", there.crisis)
        await there.told(there.ana, "What customers wrote")
        await there.slack.command(there.max, "/crisis-digest", "now", there.crisis)
        await there.told(there.max, "#crisis is not subscribed")
        await there.slack.command(there.max, "/crisis-digest", "subscribe daily", there.crisis)
        await there.slack.command(there.max, "/crisis-digest", "now", there.crisis)
        await there.shown("What customers wrote")


async def test_pictures_whose_answer_was_lost_are_not_shared_twice(tmp_path):
    dial = RunningDial(EVENING)
    async with slack_house(tmp_path, dial=dial) as there:
        await there.slack.command(there.max, "/crisis-digest", "subscribe daily 08:30 Europe/Madrid", there.crisis)
        there.slack.faults.next("files.completeUploadExternal", "500_after_accept")
        dial.at += MORNING - EVENING
        await fire(there)
        await until(lambda: files(there, there.crisis))
        await until(lambda: "conversations.history" in [call.method for call in there.slack.calls])
        assert len(there.slack.calls_of("files.completeUploadExternal")) == 1
        assert len([one for one in there.messages() if one.get("files")]) == 1


async def test_without_files_write_the_card_stands_and_the_channel_stays_open(tmp_path):
    dial = RunningDial(EVENING)
    async with slack_house(tmp_path, dial=dial) as there:
        there.slack.token().scopes = there.slack.token().scopes - {"files:write"}
        await there.slack.command(there.max, "/crisis-digest", "subscribe daily 08:30 Europe/Madrid", there.crisis)
        dial.at += MORNING - EVENING
        await fire(there)
        await there.shown("What customers wrote")
        await until(lambda: [call for call in there.slack.calls if call.answer == "missing_scope"])
        case = await there.house.case("my_data")
        await there.card_of(case)  # other cards leave
        assert len([call for call in there.slack.calls if call.answer == "missing_scope"]) == 1


async def test_an_address_gets_it_as_a_letter_with_pictures_and_table(tmp_path):
    dial = RunningDial(EVENING)
    async with running(Post()) as post:
        mail = Mail(Submission("localhost", post.port, Encryption.OFFERED, USER, PASSWORD), "Tocsin <tocsin@crisis.example.com>")
        async with slack_house(tmp_path, dial=dial, couriers={"email": mail}) as there:
            ack = await there.slack.command(
                there.max, "/crisis-digest", "subscribe <mailto:bo@example.com|bo@example.com> daily 08:30 Europe/Madrid fr", there.crisis
            )
            assert "bo@example[.]com gets a digest" in answered(ack) and "counts only" not in answered(ack)
            await there.house.case("my_data <b>x</b>")
            dial.at += MORNING - EVENING
            await fire(there)
            await until(lambda: post.delivered, 15)
            (letter,) = post.delivered
    assert letter["To"] == "bo@example.com" and letter["Content-Language"] == "fr" and letter["Auto-Submitted"] == "auto-generated"
    html, text = letter.get_body(("html",)), letter.get_body(("plain",))
    assert "1 message (" in text.get_content()
    pictures = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    cids = [part["Content-ID"].strip("<>") for part in pictures]
    assert len(cids) == 3 and all(f'src="cid:{cid}"' in html.get_content() for cid in cids)
    assert "http" not in html.get_content().replace("https://crisis", "")
    (table,) = letter.iter_attachments()
    assert table.get_content_type() == "text/csv" and b"arrivals,mentions,1,0" in table.get_payload(decode=True)


async def test_a_strange_address_needs_an_admin_and_gets_counts(tmp_path):
    async with running(Post()) as post:
        mail = Mail(Submission("localhost", post.port, Encryption.OFFERED, USER, PASSWORD), "Tocsin <tocsin@crisis.example.com>")
        async with slack_house(tmp_path, couriers={"email": mail}) as there:
            refused = answered(await there.slack.command(there.bo, "/crisis-digest", "subscribe client@acme.example daily", there.crisis))
            assert "no es la dirección de nadie" in refused
            await there.slack.command(there.max, "/crisis-digest", "subscribe client@acme.example daily", there.crisis)
            question = await there.told(there.max, "not the address of anybody")
            await there.slack.click(there.max, there.crisis, question["ts"], action_ids(question)[0])
            await there.told(there.max, "client@acme[.]example gets a digest")


async def test_a_bot_that_was_down_for_two_mornings_sends_two_late_ones_in_order(tmp_path):
    dial = RunningDial(EVENING)
    async with slack_house(tmp_path, dial=dial) as there:
        await there.slack.command(there.max, "/crisis-digest", "subscribe daily 08:30 Europe/Madrid", there.crisis)
        dial.at += MORNING - EVENING + timedelta(days=1, hours=3)
        assert await fire(there) == 2
        await until(lambda: len([one for one in there.messages() if "Late: this was due" in all_text(one)]) == 2, 10)

"""A mailbox on Dovecot, written to and answered through Postfix: pushes, restarts, bounces, vacations, and a lot of it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default

import pytest

from bot.networks.email.position import Position
from handlers.errors import CannotAsk, DoorClosed, TryLater
from handlers.networks import Bounced, Can
from handlers.ports import AUTOMATIC, Mention
from tests.fakes.email.wire import Wire
from tests.networks.email.conftest import everything, mail, reply_to


async def until(source, is_there, within: float = 20):
    """What is new, once it is all there."""
    news, cursor = await everything(source)
    deadline = time.monotonic() + within
    while not is_there(news):
        assert time.monotonic() < deadline, news
        await asyncio.sleep(0.1)
        more, cursor = await everything(source, cursor)
        news += more
    return news


async def heard_one(desk, text: str = "Is my data safe?") -> tuple:
    connected = desk.connected()
    desk.server.bring(mail(text, desk.anna), desk.anna, desk.us)
    news = await until(connected.source, lambda news: news)
    return connected, news[-1]


async def test_a_line_that_broke_between_two_looks_is_mended_unseen(desk):
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        source = desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source
        _, cursor = await everything(source)
        wire.cut()
        await asyncio.sleep(0.1)
        desk.server.deliver(mail("Hello?").as_bytes(), desk.anna, desk.us)
        news, _ = await everything(source, cursor)
        assert len(news) == 1 and wire.entered == 2


async def test_nothing_is_marked_as_read_and_nothing_is_moved(desk):
    connected, _ = await heard_one(desk)
    with desk.server.opened(desk.us) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == client.search("ALL") != []
    assert connected.source.name == "email"


async def test_the_first_look_goes_back_for_a_day_and_no_further(desk):
    with desk.server.opened(desk.us) as client:
        for hours in (50, 25, 23, 1):
            client.append("INBOX", mail(f"{hours} hours ago").as_bytes(), (), datetime.now(UTC) - timedelta(hours=hours))
    news, cursor = await everything(desk.connected().source)
    assert [one.text.split("\n")[-1] for one in news] == ["23 hours ago", "1 hours ago"]
    with desk.server.opened(desk.us) as client:  # put there by a colleague, later
        client.append("INBOX", mail("moved here").as_bytes(), (), datetime.now(UTC) - timedelta(days=9))
    news, _ = await everything(desk.connected().source, cursor)
    assert [one.text.split("\n")[-1] for one in news] == ["moved here"]


async def test_when_the_server_numbers_anew_nothing_is_missed_and_what_was_known_has_the_same_ids(desk):
    known, new = mail("known").as_bytes(), mail("new").as_bytes()
    with desk.server.opened(desk.us) as client:
        client.create_folder("Cases")
        client.append("Cases", known)
    source = desk.connected(imap=f"{desk.server.imap_url(desk.us)}/Cases").source
    before, cursor = await everything(source)
    with desk.server.opened(desk.us) as client:
        client.delete_folder("Cases")
        await asyncio.sleep(1.1)  # its UIDVALIDITY is a second
        client.create_folder("Cases")
        for one in (known, new):
            client.append("Cases", one)
    after, _ = await everything(source, cursor)
    assert [one.external_id for one in after][:1] == [one.external_id for one in before]
    assert [one.text for one in after] == ["Hello\n\nknown", "Hello\n\nnew"]


async def test_after_an_absence_in_which_the_server_numbered_anew_all_that_came_meanwhile_is_read(desk):
    now = datetime.now(UTC)
    with desk.server.opened(desk.us) as client:
        for days in (9, 6, 2):
            client.append("INBOX", mail(f"{days} days ago").as_bytes(), (), now - timedelta(days=days))
    before = Position(validity=1, last=70, heard_at=(now - timedelta(days=7)).isoformat())
    news, _ = await everything(desk.connected().source, str(before))
    assert [one.text.split("\n")[-1] for one in news] == ["6 days ago", "2 days ago"]


async def test_mails_that_vanish_between_two_looks_do_not_stop_the_reading(desk):
    desk.put(*(mail(str(n)).as_bytes() for n in range(60)))
    first = await desk.connected().source.since(None)
    with desk.server.opened(desk.us) as client:
        client.select_folder("INBOX")
        client.delete_messages(list(range(51, 60)))
        client.expunge()
    rest, _ = await everything(desk.connected().source, first.cursor)
    assert first.more and [one.text.split("\n")[-1] for one in rest] == ["59"]


async def test_an_attachment_of_twenty_megabytes_is_named_and_never_fetched(desk):
    whole = mail("See the video.")
    whole.add_attachment(bytes(20_000_000), maintype="video", subtype="mp4", filename="proof.mp4")
    desk.put(whole.as_bytes())
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        news, _ = await everything(desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source)
        assert wire.down < 20_000
    (attachment,) = news[0].attachments
    assert (attachment.name, attachment.kind) == ("proof.mp4", "video/mp4")
    assert abs(attachment.size - 20_000_000) < 1_000


async def test_long_letters_come_in_pages_that_a_slow_line_can_carry(desk):
    desk.put(*(mail("so long a letter " * 12_000, number=n).as_bytes() for n in range(25)))
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        source = desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source
        page = await source.since(None)
        assert wire.down < 2_500_000 and 1 < len(page.news) < 25 and page.more
        rest, _ = await everything(source, page.cursor)
    assert len(page.news) + len(rest) == 25


@pytest.mark.slow
async def test_five_thousand_mails_come_in_once_each_in_pages_over_restarts(desk):
    messages = [mail(f"Number {n}", f"c{n % 700}@customer.test", n).as_bytes() for n in range(5_000)]
    with desk.server.opened(desk.us) as client:
        for n in range(0, 5_000, 500):
            client.multiappend("INBOX", messages[n : n + 500])
    news, cursor, began = [], None, time.monotonic()
    source = desk.connected().source
    while True:
        if len(news) % 1_000 == 950:
            source = desk.connected().source
        page = await source.since(cursor)
        assert len(page.news) <= 200
        news += page.news
        cursor = page.cursor
        if not page.more:
            break
    assert [one.text.split("\n")[-1] for one in news] == [f"Number {n}" for n in range(5_000)]
    assert time.monotonic() - began < 60


async def test_a_letter_of_ten_thousand_signs_of_all_kinds_goes_both_ways_unharmed(desk):
    said = "👩🏽‍🚀 naïve שלום مرحبا \u200bzero\n" * 400
    connected, mention = await heard_one(desk, said)
    assert mention.text == f"Hello\n\n{said.strip()}"
    await connected.network.publish(reply_to(mention, said))
    whole = desk.arrived(desk.anna)
    assert BytesParser(policy=default).parsebytes(whole).get_content().replace("\r\n", "\n") == said
    assert max(map(len, whole.split(b"\r\n"))) <= 998


async def test_a_reply_that_nobody_takes_in_comes_back_as_a_bounce_of_that_reply(desk):
    connected = desk.connected()
    desk.server.deliver(mail("Hello?", "gone@customer.test").as_bytes(), "gone@customer.test", desk.us)
    ((mention,), _) = await everything(connected.source)
    published = await connected.network.publish(reply_to(mention))
    news = await until(connected.source, lambda news: any(isinstance(one, Bounced) for one in news))
    (bounced,) = [one for one in news if isinstance(one, Bounced)]
    assert bounced.external_id == published.external_id
    assert bounced.reason.startswith("5.1.1 550 5.1.1") and "gone@customer.test" in bounced.reason


async def test_a_vacation_answer_to_us_is_in_the_conversation_and_is_not_answered(desk):
    desk.server.answer_by_itself(desk.anna, 'require ["vacation"]; vacation :days 1 "I am away until Monday.";')
    connected, mention = await heard_one(desk)
    await connected.network.publish(reply_to(mention))
    news = await until(connected.source, lambda news: len(news) == 2)
    away = next(one for one in news if isinstance(one, Mention) and "away" in one.text)
    assert (away.no_answer, away.conversation_id, away.customer) == (AUTOMATIC, mention.conversation_id, mention.customer)


async def test_what_was_sent_stands_in_the_sent_mailbox_once_and_is_found_there(desk):
    connected, mention = await heard_one(desk)
    reply = reply_to(mention)
    with pytest.raises(CannotAsk):
        await connected.network.find(reply, datetime.now(UTC))
    published = await connected.network.publish(reply)
    assert await desk.connected().network.find(reply, datetime.now(UTC)) == published
    await connected.network.files.file(published.external_id, b"again")
    with desk.server.opened(desk.us) as client:
        client.select_folder("Sent", readonly=True)
        assert len(client.search("ALL")) == len(client.search("SEEN")) == 1


async def test_a_copy_that_cannot_be_kept_does_not_fail_what_was_sent(desk):
    _, mention = await heard_one(desk)
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        port = wire.port
    network = desk.connected(imap=desk.server.imap_url(desk.us, port=port)).network
    assert (await network.publish(reply_to(mention))).external_id
    assert desk.arrived(desk.anna)


async def test_a_wrong_password_closes_the_whole_door(desk):
    wrong = desk.connected(imap=desk.server.imap_url(desk.us, "no"), smtp=desk.server.smtp_url(desk.us, "no"))
    _, mention = await heard_one(desk)
    calls = (wrong.source.since(None), wrong.source.standing(), anext(wrong.source.stirs()), wrong.network.publish(reply_to(mention)))
    for call in calls:
        with pytest.raises(DoorClosed) as closed:
            await call
        assert (closed.value.reason, closed.value.whole) == ("login_refused", True)


async def test_a_password_that_lets_us_in_but_not_out_is_told_as_such(desk):
    standing = await desk.connected(smtp=desk.server.smtp_url(desk.us, "no")).source.standing()
    assert (standing.account, standing.may, standing.may_not) == (desk.us, (Can.HEAR_PRIVATE,), (Can.ANSWER_PRIVATE,))


async def test_a_certificate_that_nobody_vouches_for_closes_the_door(desk):
    url = desk.server.imap_url(desk.us, port=desk.server.ports["imaps"]).replace("imap://", "imaps://")
    with pytest.raises(DoorClosed) as closed:
        await desk.connected(imap=url).source.since(None)
    assert (closed.value.reason, closed.value.whole) == ("certificate", True)


async def test_a_certificate_that_is_vouched_for_lets_us_in(desk, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(desk.server.certificate))
    url = desk.server.imap_url(desk.us, port=desk.server.ports["imaps"]).replace("imap://", "imaps://")
    assert not (await desk.connected(imap=url).source.since(None)).news


async def test_no_password_goes_unencrypted_further_than_this_machine(desk):
    wire = Wire(desk.server.ports["imap"], "imap")
    wire.host = "127.0.0.2"  # this machine as well, but not by a name that we trust
    async with wire:
        url = desk.server.imap_url(desk.us, port=wire.port).replace("127.0.0.1", "127.0.0.2")
        with pytest.raises(DoorClosed) as closed:
            await desk.connected(imap=url).source.since(None)
        assert closed.value.reason == "not_offered"
        assert wire.up < 100, "the server heard no password"


async def test_a_mailbox_that_does_not_exist_is_said_and_nothing_is_lost(desk):
    with pytest.raises(TryLater):
        await desk.connected(imap=f"{desk.server.imap_url(desk.us)}/Nowhere").source.since(None)


def test_a_position_of_another_mailbox_or_of_nonsense_is_begun_anew():
    now = datetime.now(UTC)
    for cursor in (None, "", "nonsense", "7", '{"validity": 1}', '{"validity": 8, "last": 5}', '{"other": 1}'):
        assert Position.read(cursor, 7, 9, now).first_look == 9
    assert Position.read('{"validity": 7, "last": 5}', 7, 9, now).last == 5

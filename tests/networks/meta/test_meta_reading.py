"""What Meta's pages show becomes mentions, whole and to the right thread."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.networks.meta import media, messages, pages
from bot.networks.meta.accounts import Account
from bot.networks.meta.events import Below, Named, Untold, told
from bot.networks.meta.payloads import MOST_RAW, raw, remembered
from handlers.networks import Gone, Unread
from handlers.ports import NOT_SUMMONED, Attachment, Event, Mention

PAYLOADS = Path(__file__).parents[1] / "payloads" / "meta"
PAGE = Account("facebook", "104567890123456", "104567890123456")
INSTAGRAM = Account("instagram", "17841405309211844", "104567890123456")
WRITTEN = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
POST = "104567890123456_5000001"


def payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def heard(name, *accounts):
    return [one for _, one in told(payload(name), accounts or (PAGE, INSTAGRAM))]


def test_a_comment_is_read_with_its_author_its_thread_its_place_and_what_came_with_it():
    (comment,) = heard("webhook_page_comment")
    assert comment.external_id == "5000001_800001"
    assert comment.conversation_id == f"{POST}:5000001_800001"
    assert (comment.customer.external_id, comment.customer.name) == ("24000000000001", "Anna Ortiz")
    assert comment.text == "Is my card safe? 👩🏽‍🚀\nhttps://example.com/?a=1&b=2"
    assert (comment.posted_at, comment.private, comment.event) == (datetime.fromtimestamp(1790000000, UTC), False, Event.POSTED)
    assert comment.url == "https://www.facebook.com/meridia/posts/5000001"
    assert comment.attachments == (Attachment("", "image"),)
    assert json.loads(comment.raw)["comment_id"] == "5000001_800001"


def test_a_visitors_post_is_a_mention_and_neither_our_own_post_nor_a_reaction_is():
    (post,) = heard("webhook_page_post")
    assert (post.external_id, post.conversation_id) == ("104567890123456_5000002", "104567890123456_5000002:104567890123456_5000002")


def test_what_is_removed_is_gone_and_what_is_hidden_stays():
    assert heard("webhook_page_remove") == [Gone("5000001_800001")]


def test_who_names_the_page_elsewhere_is_heard_and_known():
    (naming,) = heard("webhook_page_mention")
    assert (naming.external_id, naming.customer.name, naming.text) == ("6000001_700001", "Bruno Diaz", "Meridia lost it all")
    assert remembered(naming.context)["way"] == "elsewhere"


def test_messages_are_private_and_of_one_conversation_and_receipts_reactions_and_our_own_are_none():
    told_us = heard("webhook_page_messages")
    assert [(one.external_id, one.text, one.event) for one in told_us] == [
        ("m_text", "hello, world!", Event.POSTED),
        ("m_files", "", Event.POSTED),
        ("m_link", "see\nhttps://example.com/fake-login?id=1", Event.POSTED),
        ("m_reply", "and this?", Event.POSTED),
        ("m_text", "hello, you", Event.EDITED),
    ]
    assert {(one.private, one.conversation_id) for one in told_us} == {(True, "messages:24000000000001")}
    assert told_us[1].attachments == (Attachment("", "image"), Attachment("letter.pdf", "file"), Attachment("", "image"))
    assert told_us[0].posted_at == datetime.fromtimestamp(1790000000.123, UTC)


def test_comments_on_instagram_belong_to_the_head_of_their_thread_and_our_own_are_none():
    told_us = heard("webhook_instagram_comments")
    below = "17895000000000001:17870000000000001"
    assert [(one.customer.handle, one.conversation_id) for one in told_us] == [
        ("anna", below),
        ("bruno", below),
        ("anna", "17895000000000002:17870000000000004"),
    ]
    assert told_us[0].posted_at == datetime.fromtimestamp(1790000005, UTC), "as old as its telling: its moment is not told"


def test_a_change_of_instagram_without_changes_around_it_is_read_too():
    (comment,) = heard("webhook_instagram_bare")
    assert (comment.external_id, comment.text) == ("17870000000000005", "Bare")


def test_who_names_us_on_instagram_must_be_looked_up():
    assert heard("webhook_instagram_mentions") == [Named("17895000000000077", "17870000000000077"), Named("17895000000000078", "")]


def test_messages_on_instagram_tell_of_photos_stories_what_is_not_supported_and_what_was_taken_back():
    text, photo, story, unsupported, gone, untold = heard("webhook_instagram_messages")
    assert (text.text, photo.attachments, story.text) == ("hola", (Attachment("", "image"),), "what is this?")
    assert (unsupported.text, unsupported.external_id) == ("", "aWd_unsupported")
    assert (gone, untold) == (Gone("aWd_text"), Untold("aWd_untold", Event.POSTED))


@pytest.mark.parametrize("name", [one.stem for one in sorted(PAYLOADS.glob("webhook_*.json"))])
def test_what_is_told_of_other_accounts_is_set_aside_never_taken(name):
    stranger = Account("facebook", "1", "1"), Account("instagram", "2", "1")
    aside = list(told(payload(name), stranger))
    assert aside and all(account is None and isinstance(one, Unread) for account, one in aside)


def test_an_answer_to_a_comment_waits_until_its_thread_is_known():
    delivery = payload("webhook_page_comment")
    delivery["entry"][0]["changes"][0]["value"] |= {"comment_id": "5000001_800009", "parent_id": "5000001_800001"}
    ((_, below),) = told(delivery, (PAGE,))
    assert isinstance(below, Below) and below.parent_id == "5000001_800001"


@pytest.mark.parametrize("broken", [{"created_time": None}, {"created_time": "soon"}, {"comment_id": None}, {"created_time": 10**30}])
def test_what_cannot_be_read_is_set_aside_and_its_neighbour_is_taken(broken):
    delivery = payload("webhook_page_comment")
    (change,) = delivery["entry"][0]["changes"]
    delivery["entry"][0]["changes"] = [{**change, "value": {**change["value"], **broken}}, change]
    aside, comment = [one for _, one in told(delivery, (PAGE,))]
    assert isinstance(aside, Unread) and aside.because and isinstance(comment, Mention)


@pytest.mark.parametrize("body", [None, 7, "x", [], {}, {"object": "page", "entry": 7}, {"object": "page", "entry": [7]}, [[]]])
def test_a_body_of_another_shape_tells_nothing(body):
    assert list(told(body, (PAGE,))) == []


def test_a_listed_comment_belongs_to_the_head_of_its_thread_however_deep_it_stands():
    (post,) = payload("page_feed")["data"]
    deep, mine, first = post["comments"]["data"]
    assert pages.is_by(mine, PAGE) and not pages.is_by(deep, PAGE) and not pages.is_by(first, PAGE)
    answers = [pages.listed_comment(one, post["id"]) for one in (deep, first)]
    assert {one.conversation_id for one in answers} == {f"{POST}:5000001_800001"}
    assert answers[1].attachments == (Attachment("card.jpg", "image"),)


def test_a_commenter_of_whom_meta_tells_nothing_is_nobody_we_could_know_again():
    (post,) = payload("page_feed")["data"]
    comment = pages.listed_comment(post["comments"]["data"][2], post["id"])
    assert (comment.customer.external_id, comment.customer.name, comment.customer.handle) == ("5000001_800001", "", "")


def test_replies_on_instagram_are_listed_below_their_comment_and_ours_are_known_by_user():
    (medium,) = payload("media")["data"]
    (comment,) = medium["comments"]["data"]
    mine, again = comment["replies"]["data"]
    assert media.is_by(mine, INSTAGRAM) and not media.is_by(again, INSTAGRAM)
    reply = media.listed_comment(again, medium, comment["id"])
    assert (reply.conversation_id, reply.posted_at.second, reply.url) == (
        "17895000000000001:17870000000000001",
        22,
        "https://www.instagram.com/p/Abc/",
    )
    assert reply.customer.handle == "anna"


def test_a_listed_message_names_its_files():
    mine, letter = payload("conversation_messages")["data"]
    assert messages.is_by(mine["from"], PAGE) and not messages.is_by(letter["from"], PAGE)
    read = messages.listed_message(letter, PAGE)
    assert read.attachments == (Attachment("letter.pdf", "application/pdf", 51234),)
    assert (read.customer.name, read.posted_at) == ("Anna Ortiz", WRITTEN)


def test_a_picture_that_shows_us_can_be_heard_and_not_answered():
    tagged = media.naming_medium({"id": "1", "timestamp": "2026-09-21T14:13:20+0000", "username": "anna", "caption": "look"}, tagged=True)
    assert (tagged.no_answer, tagged.text, tagged.customer.handle) == (NOT_SUMMONED, "look", "anna")


def test_what_is_kept_of_a_payload_is_json_however_long_it_was():
    kept = raw({"text": "é" * MOST_RAW})
    assert len(kept.encode()) <= MOST_RAW and json.loads(kept)["cut"]

"""Each no of Meta is told as what it means for whoever sent, or asked."""

import json
from datetime import timedelta

import pytest

from bot.networks.meta.faults import MOST_WORDS, Answered, NotThere, fault
from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed


def answered(code, subcode=None, *, status=400, headers=None, message="said Meta", **more):
    error = {"message": message, "code": code, **({"error_subcode": subcode} if subcode else {}), **more}
    return Answered(status, headers or {}, json.dumps({"error": error}))


def kind(one):
    return type(one), getattr(one, "whole", None)


@pytest.mark.parametrize(
    ("subcode", "means"),
    [
        (None, "invalid"),
        (458, "app_removed"),
        (459, "checkpoint"),
        (460, "password_changed"),
        (463, "expired"),
        (467, "invalid"),
        (492, "no_role_on_page"),
    ],
)
@pytest.mark.parametrize("sending", [True, False])
def test_a_dead_token_closes_everything_and_says_why(subcode, means, sending):
    told = fault(answered(190, subcode, status=400), sending=sending)
    assert kind(told) == (DoorClosed, True)
    assert told.reason == f"token {means}: said Meta"


@pytest.mark.parametrize("code", [4, 17, 32, 341, 368, 613, 80001, 80002, 80006, 80014])
@pytest.mark.parametrize("sending", [True, False])
def test_haste_is_told_to_wait(code, sending):
    told = fault(answered(code, status=403), sending=sending)
    assert isinstance(told, TryLater) and told.after >= timedelta(minutes=1)


def test_the_wait_is_as_long_as_the_longest_that_the_headers_estimate():
    uses = {
        "1": [{"type": "pages", "estimated_time_to_regain_access": 7}],
        "2": [{"type": "messenger", "estimated_time_to_regain_access": 19}],
    }
    told = fault(answered(80001, headers={"x-business-use-case-usage": json.dumps(uses)}), sending=True)
    assert told.after == timedelta(minutes=19)


@pytest.mark.parametrize("header", ["", "{", "7", '{"1": 7}', '{"1": [7]}', '{"1": [{"estimated_time_to_regain_access": "soon"}]}'])
def test_a_header_that_cannot_be_read_says_nothing(header):
    assert fault(answered(32, headers={"x-business-use-case-usage": header}), sending=True).after == timedelta(minutes=1)


def test_retry_after_is_obeyed():
    assert fault(Answered(429, {"retry-after": "11"}, ""), sending=True).after == timedelta(seconds=11)


@pytest.mark.parametrize(("code", "subcode"), [(10, 2018278), (10, 2534022), (10, 2018065)], ids=["messenger", "instagram", "older pages"])
def test_outside_the_window_is_refused_as_that(code, subcode):
    told = fault(answered(code, subcode), sending=True)
    assert kind(told) == (Refused, None) and told.reason == "window"


@pytest.mark.parametrize(
    ("code", "subcode"), [(551, None), (10900, None), (10903, None), (200, 1545041), (100, 2018001), (506, None), (100, None)]
)
def test_what_concerns_one_reply_is_refused_in_metas_words(code, subcode):
    told = fault(answered(code, subcode), sending=True)
    assert isinstance(told, Refused) and told.reason == "said Meta"


@pytest.mark.parametrize("code", [3, 10, 200, 230, 283, 299])
def test_a_missing_permission_closes_the_lane_and_not_the_token(code):
    assert kind(fault(answered(code, status=403), sending=True)) == (DoorClosed, False)


@pytest.mark.parametrize("subcode", [33, 2018292])
def test_what_is_not_there_is_known_as_that(subcode):
    assert isinstance(fault(answered(100, subcode), sending=True), NotThere)


@pytest.mark.parametrize(
    "told",
    [answered(1, status=500), answered(2, status=503), answered(1200), answered(9999, is_transient=True), Answered(502, {}, "<html>")],
)
def test_what_failed_over_there_may_have_been_done(told):
    assert isinstance(fault(told, sending=True), Unconfirmed)
    assert isinstance(fault(told, sending=False), TryLater)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, (DoorClosed, True)), (403, (Refused, None)), (404, (Refused, None)), (429, (TryLater, None)), (302, (Unconfirmed, None))],
)
def test_a_no_without_words_is_judged_by_its_status(status, expected):
    assert kind(fault(Answered(status, {}, "<html>"), sending=True)) == expected


@pytest.mark.parametrize("body", ["[]", "7", '{"error": "x"}', '{"error": null}', '{"error": []}'])
def test_words_of_another_shape_are_none(body):
    assert isinstance(fault(Answered(400, {}, body), sending=True), Refused)


def test_long_words_are_cut():
    assert len(fault(answered(100, message="x" * 5000), sending=True).reason) == MOST_WORDS
    assert len(fault(answered(190, message="x" * 5000), sending=True).reason) == MOST_WORDS

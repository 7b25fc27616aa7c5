"""Whatever bytes and whatever JSON are sent to /api/messages, by strangers or by the Connector itself, nothing breaks."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.doors.teams_keys import activity
from tests.doors.teams_knocking import KIND, knocking

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")  # the SDK uses it itself


@pytest.fixture
async def door():
    async with knocking() as one:
        yield one


BOMBS = [
    b"", b"[]", b'"x"', b"5", b"null", b"{", b"{]", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": -Infinity}',
    "{}".encode("utf-16"), b"[" * 100_000, b'{"a":' * 50_000, b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": "\x01"}', b"{'a': 1}", b'{"a": 1} {"b": 2}',
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
async def test_what_the_connector_would_never_send_is_a_bad_request(door, bomb):
    answer = await door.post(bomb)
    assert (answer.status_code, answer.content) == (400, b"") and not door.heard


@pytest.mark.parametrize("bomb", BOMBS)
async def test_who_proves_nothing_has_nothing_read_whatever_it_is(door, bomb):
    assert (await door.post(bomb, headers=KIND)).status_code == 401


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_quietly = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@_quietly
@given(
    authorization=some.binary(max_size=80), body=some.binary(max_size=200), kind=some.sampled_from(["application/json", "text/plain", ""])
)
async def test_whatever_a_stranger_sends_is_refused_and_nothing_breaks(door, authorization, body, kind):
    spoken = bytes(byte for byte in authorization if byte not in b"\r\n\0")
    for token in (spoken, b"Bearer " + spoken):
        answer = await door.post(body, headers={"Authorization": token.strip(), "Content-Type": kind})
        assert (answer.status_code, answer.content) == (401, b"")
    assert not door.heard


@_quietly
@given(body=some.binary(max_size=300))
async def test_whatever_bytes_a_true_caller_sends_nothing_breaks(door, body):
    assert (await door.post(body)).status_code == 400


@_quietly
@given(
    changed=some.dictionaries(
        some.sampled_from(
            [
                "type",
                "id",
                "from",
                "recipient",
                "conversation",
                "channelData",
                "text",
                "entities",
                "value",
                "name",
                "serviceUrl",
                "channelId",
                "locale",
            ]
        ),
        _json,
    )
)
async def test_whatever_json_a_true_caller_sends_nothing_breaks(door, changed):
    answer = await door.post(json.dumps({**activity(), **changed}).encode())
    assert answer.status_code in (200, 400, 403, 501)

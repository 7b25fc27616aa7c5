"""A mention on the wire: what is wrong is said by field, and nothing that a stranger sends breaks the reader."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wire import Malformed, read_file, read_mention, read_rows, schema
from handlers.ports import Event, Mention

GOOD = {
    "network": "x",
    "external_id": "m1",
    "customer": {"external_id": "u1", "handle": "@ana", "kind": "press", "reach": 7},
    "text": "is my data safe? 🙂",
    "posted_at": "2026-11-20T10:00:00+01:00",
}


def read(**changes):
    return read_mention(json.dumps({**GOOD, **changes}), "acme")


def problems(body):
    with pytest.raises(Malformed) as error:
        read_mention(body if isinstance(body, (str, bytes)) else json.dumps({**GOOD, **body}), "acme")
    return {one.field for one in error.value.problems}


def test_a_mention_is_read_as_it_was_written():
    one = read(conversation_id=None, language="es-MX")
    assert (one.text, one.conversation_id, one.language, one.source, one.event) == ("is my data safe? 🙂", "m1", "es", "acme", Event.POSTED)
    assert one.posted_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert (one.customer.kind, one.customer.reach) == ("press", 7)
    assert json.loads(one.raw)["external_id"] == "m1"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"network": "X!"}, "network"),
        ({"external_id": "  "}, "external_id"),
        ({"external_id": "x" * 501}, "external_id"),
        ({"customer": {}}, "customer.external_id"),
        ({"customer": {"external_id": "u", "kind": "alien"}}, "customer.kind"),
        ({"customer": {"external_id": "u", "reach": -1}}, "customer.reach"),
        ({"customer": {"external_id": "u", "followers": 3}}, "customer.followers"),
        ({"customer": "ana"}, "customer"),
        ({"text": None}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"posted_at": "2026-11-20T10:00:00"}, "posted_at"),
        ({"posted_at": "yesterday"}, "posted_at"),
        ({"posted_at": "2026-02-30T10:00:00Z"}, "posted_at"),
        ({"posted_at": "0001-01-01T00:00:00+14:00"}, "posted_at"),
        ({"posted_at": "9999-12-31T23:59:59-12:00"}, "posted_at"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://a b"}, "url"),
        ({"event": "liked"}, "event"),
        ({"language": "spanish please"}, "language"),
        ({"sentiment": 1}, "sentiment"),
    ],
)
def test_what_is_wrong_is_said_by_field(changes, field):
    assert problems(changes) == {field}


def test_every_wrong_field_is_named_at_once_and_no_value_is_repeated():
    with pytest.raises(Malformed) as error:
        read(posted_at="4111111111111111 o'clock", network="SECRET", secret_field=1)
    assert {one.field for one in error.value.problems} == {"posted_at", "network", "secret_field"}
    assert "4111" not in str(error.value) and "SECRET" not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "[" * 100_000,
        '{"a":' * 50_000,
        b"\xff\xfe{}",
        b'{"text": "\xe9"}',
        "\ufeff{}",
        '{"text": "\\ud800"}',
        "\ud800",
        "NaN",
        "1e999999",
    ],
)
def test_what_is_no_mention_at_all_is_said_of_the_body(body):
    assert "body" in problems(body) or "text" in problems(body)


def test_a_hundred_thousand_characters_fit():
    assert len(read(text="🙂" * 100_000).text) == 100_000


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.sampled_from([*GOOD, "handle"]) | st.text(max_size=5)
JSON = st.deferred(lambda: SCALARS | st.lists(JSON, max_size=3) | st.dictionaries(KEYS, JSON, max_size=3))


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_whatever_json_comes_is_a_mention_or_a_reason(value):
    for body in (value, {**GOOD, "text": value}, {**GOOD, "customer": value}, {**GOOD, "posted_at": value}):
        try:
            assert isinstance(read_mention(json.dumps(body), "acme"), Mention)
        except Malformed as error:
            assert error.problems


HEADER = "network,external_id,customer.external_id,customer_handle,text,posted_at,private\n"


def test_rows_of_a_table_are_read_with_quotes_and_line_breaks():
    one, two = read_rows(
        HEADER + 'x,1,u1,@ana,"she said ""no"",\nthen left",2026-11-20T10:00:00Z,true\nx,2,u2,,,2026-11-20T10:00:00Z,\n', "file"
    )
    assert (one.text, one.private, one.customer.handle) == ('she said "no",\nthen left', True, "@ana")
    assert two.text == "" and two.customer.handle == ""


def test_a_missing_column_is_said_by_field():
    (one,) = read_rows("network,text\nx,hello\n", "file")
    assert isinstance(one, Malformed)
    assert {problem.field for problem in one.problems} == {"external_id", "customer.external_id", "posted_at"}


def test_a_row_with_too_many_cells_and_one_with_too_few_take_no_other_down():
    many, few, good = read_rows(HEADER + "x,1,u,@a,hi,2026-11-20T10:00:00Z,,extra,more\nx,2\nx,3,u,@a,hi,2026-11-20T10:00:00Z,\n", "file")
    assert many.external_id == "1" and isinstance(few, Malformed) and good.external_id == "3"


def test_a_giant_cell_is_a_reason_and_the_rows_after_it_are_read():
    big, good = read_rows(HEADER + f"x,1,u,@a,{'y' * 200_000},2026-11-20T10:00:00Z,\nx,3,u,@a,hi,2026-11-20T10:00:00Z,\n", "file")
    assert [one.field for one in big.problems] == ["text"] and good.text == "hi"


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "A.CSV"])
def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path, name):
    file = tmp_path / name
    lines = (
        [json.dumps(GOOD), "", json.dumps({**GOOD, "external_id": "m2"})]
        if name.endswith("l")
        else [HEADER.strip(), "x,m1,u,@a,é,2026-11-20T10:00:00Z,", "x,m2,u,@a,hi,2026-11-20T10:00:00Z,"]
    )
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert [one.external_id for one in read_file(file, "file")] == ["m1", "m2"]


def test_a_line_that_is_not_utf8_takes_no_other_down(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes(json.dumps(GOOD).encode() + b'\n{"text": "\xe9"}\n' + json.dumps(GOOD).encode())
    assert [type(one) for one in read_file(file, "file")] == [Mention, Malformed, Mention]


def test_a_table_that_is_not_utf8_is_a_reason(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(HEADER.encode() + "x,1,u,@a,é,2026-11-20T10:00:00Z,\n".encode("latin-1"))
    (one,) = read_file(file, "file")
    assert "not UTF-8" in str(one)


def test_the_schema_names_what_must_be_there():
    assert set(schema()["required"]) == {"network", "external_id", "customer", "text", "posted_at"}
    assert schema()["additionalProperties"] is False

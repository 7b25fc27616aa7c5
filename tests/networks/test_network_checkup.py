"""What `check` says of each network, in words that an operator understands."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import network_checkup
from bot.connections import kinds
from bot.network_checkup import look_at_networks
from bot.settings import read_settings
from bot.terminal.commands import tell_findings
from handlers.errors import DoorClosed
from handlers.networks import Can, Connected, Standing


class Answering:
    """A source that answers one harmless call, or does not."""

    def __init__(self, answer):
        self.answer, self.closed = answer, False

    async def standing(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def close(self):
        self.closed = True


async def looked(monkeypatch, answer):
    source = Answering(answer)
    monkeypatch.setattr(network_checkup, "connected", lambda *_: [("mastodon", Connected(source=source, close=source.close))])
    found = await look_at_networks(read_settings(_env_file=None))
    assert source.closed, "nothing stays open after a look"
    return [one for one in found if one.verdict != "unset"]


def said(capsys, findings, language):
    tell_findings(findings, language)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "may", "may_not"),
    [
        ("en", "may hear what addresses us, answer in public", "may not search"),
        ("es", "puede leer lo que se nos dirige, contestar en público", "no puede buscar"),
        ("fr", "peut lire ce qui s’adresse à nous, répondre en public", "ne peut pas chercher"),
    ],
)
async def test_what_a_token_may_and_may_not_is_said_in_words(monkeypatch, capsys, language, may, may_not):
    [found] = await looked(monkeypatch, Standing("@meridia", (Can.HEAR, Can.ANSWER), (Can.SEARCH,)))
    told = said(capsys, [found], language)
    assert found.verdict == "ok"
    assert "@meridia" in told and may in told and may_not in told


async def test_a_token_that_may_not_hear_is_worth_a_look(monkeypatch):
    [found] = await looked(monkeypatch, Standing("@meridia", (Can.ANSWER,), (Can.HEAR,)))
    assert found.verdict == "warning"


async def test_a_network_that_does_not_let_us_in_is_wrong(monkeypatch, capsys):
    [found] = await looked(monkeypatch, DoorClosed("login_refused", whole=True))
    assert found.verdict == "wrong"
    assert "Mastodon: connecting failed (it refuses our login)" in said(capsys, [found], "en")


@pytest.mark.parametrize("error", [TimeoutError(), KeyError("a bug of ours")])
async def test_whatever_goes_wrong_with_one_network_the_look_goes_on(monkeypatch, error):
    [found] = await looked(monkeypatch, error)
    assert found.verdict == "wrong"


async def test_a_token_that_ends_within_a_week_is_told(monkeypatch, capsys):
    ends = datetime.now(UTC) + timedelta(days=3)
    found = await looked(monkeypatch, Standing("@meridia", (Can.HEAR,), expires_at=ends))
    assert [one.verdict for one in found] == ["ok", "warning"]
    assert f"{ends:%Y-%m-%d}" in said(capsys, found, "en")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_what_is_not_connected_says_what_it_needs_and_where_that_is_told(capsys, language):
    found = await look_at_networks(read_settings(_env_file=None))
    told = said(capsys, found, language)
    assert all(f"docs/networks/{kind.name}.md" in told and all(name in told for name in kind.needs) for kind in kinds())
    assert "Words(" not in told

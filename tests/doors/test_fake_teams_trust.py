"""Proves that a bot that checks as Microsoft demands hears the fake Teams, and hears nobody who forges."""

import warnings
from collections.abc import AsyncIterator

import httpx
import jwt
import pytest

from tests.fakes.teams import FORGERIES, FakeTeams
from tests.fakes.teams.sample_bot import SampleBot, listening


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams() as fake:
        fake.add_user("Ana")
        fake.add_channel("crisis")
        yield fake


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[SampleBot]:
    async with listening(SampleBot(teams)) as made:
        yield made


async def test_a_true_token_opens_the_door(teams: FakeTeams, bot: SampleBot):
    await teams.say("Ana", None, "hello")
    assert len(bot.heard) == 1 and bot.refused == []


@pytest.mark.parametrize("how", FORGERIES)
async def test_no_forgery_opens_the_door(teams: FakeTeams, bot: SampleBot, how: str):
    with teams.forging(how):
        await teams.say("Ana", None, "let me in")
    assert bot.heard == [] and len(bot.refused) == 1 and teams.answers[-1].status == 403
    await teams.say("Ana", None, "hello")
    assert len(bot.heard) == 1


async def test_an_unknown_forgery_is_refused(teams: FakeTeams):
    with pytest.raises(ValueError, match="no such forgery"), teams.forging("charm"):
        pass


async def test_a_new_key_signs_after_a_change_and_the_old_one_leaves_the_list_or_stays(teams: FakeTeams, bot: SampleBot):
    async def listed() -> list[str]:
        async with httpx.AsyncClient() as web:
            address = (await web.get(teams.openid_url)).json()["jwks_uri"]
            return [one["kid"] for one in (await web.get(address)).json()["keys"]]

    before = teams.keyring.teams.kid
    teams.rotate_keys(forget=False)
    assert before in await listed() and teams.keyring.teams.kid in await listed()
    await teams.say("Ana", None, "with the new key")
    assert len(bot.heard) == 1
    teams.keyring.retired.clear()
    assert before not in await listed()


async def test_the_keys_say_for_which_channels_they_vouch(teams: FakeTeams):
    async with httpx.AsyncClient() as web:
        metadata = (await web.get(teams.openid_url)).json()
        keys = (await web.get(metadata["jwks_uri"])).json()["keys"]
    assert metadata["issuer"] == "https://api.botframework.com" and metadata["id_token_signing_alg_values_supported"] == ["RS256"]
    assert {"msteams" in one["endorsements"] for one in keys} == {True, False}
    assert all({"kty", "use", "kid", "x5t", "n", "e"} <= set(one) for one in keys)


async def test_the_sdk_itself_takes_the_token_and_refuses_forged_ones(teams: FakeTeams, monkeypatch: pytest.MonkeyPatch):
    """Its own client for keys is not asynchronous: it gets them here as they are published."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK warns of its own experiments as soon as it is read
        from microsoft_teams.apps.auth import InboundActivityTokenValidator  # noqa: PLC0415
    validator = InboundActivityTokenValidator(teams.client_id)
    keys = jwt.PyJWKSet.from_dict(teams.keyring.published)
    monkeypatch.setattr(validator._service_validator._jwks_client, "get_jwk_set", lambda refresh=False: keys)

    async def takes(how: str = "") -> bool:
        try:
            await validator.validate_token(teams.keyring.token(teams.client_id, teams.service_url, how) or "", teams.service_url)
        except (jwt.InvalidTokenError, jwt.PyJWKClientError):
            return False
        return True

    assert await takes()
    for how in (
        "audience",
        "issuer",
        "expired",
        "too_early",
        "foreign_key",
        "unknown_key",
        "no_service_url",
        "other_service_url",
        "garbage",
    ):
        assert not await takes(how), how

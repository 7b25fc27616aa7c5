"""Only the Bot Connector is let in, for a tenant of ours, and only with what it may bring."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.teams.keys import Keys
from bot.teams.trust import Stranger, Trust
from tests.doors.teams_keys import (
    CLIENT,
    OTHER_TENANT,
    SERVICE,
    TENANT,
    activity,
    bearer,
    by_hand,
    claims,
    let_in,
    private_key,
    published,
    refused,
    signed,
    signed_as_it_is,
)


@pytest.fixture
def trust(microsoft, web, hand):
    access = microsoft.access()
    return Trust(access, web, Keys(access, web, hand))


async def test_what_the_connector_signed_for_us_is_let_in(trust):
    assert await let_in(trust, signed(), activity()) == "in"


@pytest.mark.parametrize("authorization", [
    [], [""], ["Bearer"], ["Bearer "], ["Basic abc"], ["Bearer  x"], ["Bearer é"], ["Bearer a.b"], ["Bearer a.b.c"], ["Bearer ..."],
    ["Bearer " + "x" * 9000], ["Bearer " + "." * 3000],
])  # fmt: skip
async def test_who_brings_no_token_is_not_let_in(trust, authorization):
    with pytest.raises(Stranger) as stranger:
        await trust.recognise(authorization)
    assert stranger.value.status == 401 and stranger.value.reason in ("no_token", "malformed")


async def test_two_tokens_are_none(trust):
    with pytest.raises(Stranger, match="malformed"):
        await trust.recognise(bearer(signed()) + bearer(signed()))


async def test_a_token_without_signature_is_refused(trust):
    for alg in ("none", "None", "NONE", ""):
        assert await refused(trust, by_hand({"alg": alg, "typ": "JWT", "kid": "one"}, claims())) == ("algorithm", 401)


async def test_our_own_public_key_is_no_secret_to_sign_with(trust):
    """The classic confusion: HS256 with the published key as its secret."""
    public = private_key("one").public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header, payload = {"alg": "HS256", "typ": "JWT", "kid": "one"}, claims()
    body = by_hand(header, payload).rpartition(".")[0]
    forged = f"{body}.{by_hand(b'', b'', jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body.encode(), public)).split('.')[2]}"
    assert await refused(trust, forged) == ("algorithm", 401)
    renamed = forged.replace(forged.split(".", maxsplit=1)[0], by_hand({**header, "alg": "RS256"}, b"").split(".")[0])
    assert await refused(trust, renamed) == ("signature", 401)


@pytest.mark.parametrize("alg", ["HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA"])
async def test_every_other_algorithm_is_refused(trust, alg):
    keys = {"HS": "x" * 64, "ES": ec.generate_private_key(ec.SECP256R1())}
    by_theirs = alg == "EdDSA"  # for which we have no key to sign with
    forged = by_hand({"alg": alg, "kid": "one"}, claims(), b"x" * 64) if by_theirs else signed(key=keys.get(alg[:2]), alg=alg)
    assert await refused(trust, forged) == ("algorithm", 401)


async def test_a_key_that_the_token_brings_along_opens_nothing(trust):
    mine = private_key("attacker")
    shown = published("one", mine)
    for brought in ({"jwk": shown}, {"jku": "http://127.0.0.1:1/keys"}, {"x5u": "http://127.0.0.1:1/"}, {"x5c": ["MII"]}):
        assert await refused(trust, signed("one", mine, headers=brought)) == ("signature", 401)


async def test_a_key_that_is_not_theirs_is_refused(trust):
    assert await refused(trust, signed("two")) == ("unknown_key", 401)


@pytest.mark.parametrize("kid", [None, 1, ["one"], {"one": 1}, "", "one\0", "../one", "x" * 4000])
async def test_a_key_that_has_no_name_is_refused(trust, kid):
    header = {"alg": "RS256", "typ": "JWT", "kid": kid}
    reason, status = await refused(trust, by_hand(header, claims(), b"x" * 256))
    assert reason in ("unknown_key", "malformed") and status == 401


async def test_a_changed_letter_breaks_the_signature(trust):
    header, payload, signature = signed().split(".")
    other = by_hand(b"", claims(aud=CLIENT, exp=int(time.time()) + 99999)).split(".")[1]
    assert await refused(trust, f"{header}.{other}.{signature}") == ("signature", 401)
    for broken in ("", "AAAA", signature[:-8], signature + "AAAA"):
        assert (await refused(trust, f"{header}.{payload}.{broken}"))[0] in ("signature", "malformed")


@pytest.mark.parametrize(("changed", "reason"), [
    ({"aud": "another-app"}, "audience"),
    ({"aud": [CLIENT]}, "audience"),
    ({"aud": [CLIENT, "another-app"]}, "audience"),
    ({"aud": f"api://{CLIENT}"}, "audience"),
    ({"iss": "https://api.botframework.com/"}, "issuer"),
    ({"iss": "https://api.botframework.us"}, "issuer"),
    ({"iss": f"https://sts.windows.net/{TENANT}/"}, "entra"),
    ({"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"}, "entra"),
    ({"iss": None}, "issuer"),
    ({"aud": None}, "claim_missing"),
    ({"exp": None}, "claim_missing"),
    ({"nbf": None}, "claim_missing"),
    ({"serviceurl": None}, "claim_missing"),
    ({"serviceurl": ""}, "claim_missing"),
    ({"serviceurl": [SERVICE]}, "claim_missing"),
    ({"serviceurl": None, "serviceUrl": SERVICE}, "claim_missing"),
])  # fmt: skip
async def test_what_the_right_key_signed_for_something_else_is_refused(trust, changed, reason):
    found, status = await refused(trust, signed(**changed))
    assert (found, status) == (reason, 401)


@pytest.mark.parametrize("changed", [
    '"exp": "soon"', '"exp": 1e999', '"exp": [1]', '"exp": {"a": 1}', '"exp": true', '"exp": -1', '"exp": NaN', '"nbf": "now"', '"nbf": 1e999',
    '"iss": ["https://api.botframework.com"]', '"iss": null', '"iat": "x"', '"sub": 5', '"jti": 5', '"aud": null', '"aud": {"a": 1}',
])  # fmt: skip
async def test_what_is_signed_and_makes_no_sense_is_refused(trust, changed):
    told = json.dumps(claims())[:-1] + f", {changed}}}"
    assert (await refused(trust, signed_as_it_is(told.encode())))[1] == 401


async def test_clocks_may_differ_by_five_minutes(trust):
    """Each token is as old as it says when it is made: a machine under load may take a minute to get here."""
    assert await let_in(trust, aged(exp=-240), activity()) == "in"
    assert await let_in(trust, aged(nbf=+299), activity()) == "in"
    assert await refused(trust, aged(exp=-301)) == ("expired", 401)
    assert await refused(trust, aged(nbf=+360, exp=+4000)) == ("not_yet", 401)


def aged(**seconds: int) -> str:
    """Claims by how far from this very moment they lie."""
    now = int(time.time())
    return signed(**{name: now + one for name, one in seconds.items()})


@pytest.mark.parametrize(("brought", "why"), [
    ({"serviceUrl": None}, "service_url_missing"),
    ({"serviceUrl": ""}, "service_url_missing"),
    ({"serviceUrl": {"url": SERVICE}}, "service_url_missing"),
    ({"serviceUrl": "https://attacker.example/"}, "service_url_differs"),
    ({"serviceUrl": "https://smba.trafficmanager.net/amer/"}, "service_url_differs"),
    ({"serviceUrl": SERVICE.upper()}, "service_url_differs"),
    ({"channelId": "webchat"}, "channel"),
    ({"channelId": "MSTEAMS"}, "channel"),
    ({"channelId": None}, "channel"),
    ({"channelId": ["msteams"]}, "channel"),
    ({"channelData": {"tenant": {"id": OTHER_TENANT}}}, "tenant"),
    ({"conversation": {"id": "a:1", "tenantId": OTHER_TENANT}}, "tenant"),
    ({"conversation": {"id": "a:1"}, "channelData": None}, "tenant"),
    ({"conversation": None, "channelData": None}, "tenant"),
    ({"conversation": "x", "channelData": "y"}, "tenant"),
    ({"channelData": {"tenant": {"id": [TENANT]}}}, "tenant"),
    ({"channelData": {"tenant": {"id": ""}}}, "tenant"),
])  # fmt: skip
async def test_what_the_connector_may_not_bring_us_is_forbidden(trust, brought, why):
    assert await let_in(trust, signed(), activity(**brought)) == f"{why} 403"


@pytest.mark.parametrize("brought", [
    {"serviceUrl": SERVICE.rstrip("/")},
    {"conversation": {"id": "19:x@thread.tacv2;messageid=1"}},
    {"channelData": None},
    {"channelData": {"tenant": {"id": TENANT.upper()}}},
    {"channelData": {"eventType": "teamMemberAdded"}},
])  # fmt: skip
async def test_what_differs_harmlessly_comes_in(trust, brought):
    assert await let_in(trust, signed(), activity(**brought)) == "in"


@pytest.mark.parametrize("url", [
    "https://smba.trafficmanager.net/teams", "https://smba.trafficmanager.net:443/teams/", "https://SMBA.trafficmanager.net/emea/",
    "https://europe.botframework.com/", "https://smba.infra.gcc.teams.microsoft.com/teams",
    "https://smba.trafficmanager.net/emea/1435b95f-4910-4050-b49d-888120d126ee/",
])  # fmt: skip
async def test_every_service_of_theirs_is_answered(trust, url):
    assert await let_in(trust, signed(serviceurl=url), activity(serviceUrl=url)) == "in"


@pytest.mark.parametrize("url", [
    "https://smba.infra.gov.teams.microsoft.us/gcch", "https://europe.botframework.azure.us/",  # of another cloud
    "https://attacker.example/", "https://attacker.trafficmanager.net/", "https://smba.trafficmanager.net.attacker.example/",
    "https://evilbotframework.com/", "https://botframework.com.attacker.example/", "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net@attacker.example/", "https://smba.trafficmanager.net:8443/", "https://smba.trafficmanager.net./emea/",
    "https://attacker.example\\@smba.trafficmanager.net/", "https://attacker.example#@smba.trafficmanager.net/", "//smba.trafficmanager.net/",
    "https://attacker.example?.botframework.com", "https://[::1]/", "http://127.0.0.1/", "https://127.0.0.1/", "http://localhost:9/",
    "file:///etc/passwd", "https://smba.trafficmanager.net\n.attacker.example/", "https://smba.trafficmanager.net/\n", "https://smba%2etrafficmanager.net/",
    "https:///smba.trafficmanager.net/", "https://smba.trafficmanager.net:443:443/", "https://\u017fmba.trafficmanager.net/", "https://.botframework.com",
    "https://smba.trafficmanager.net/?redirect=https://attacker.example", "x" * 5000,
])  # fmt: skip
async def test_our_token_goes_to_no_other_host_even_if_the_connector_names_it(trust, url):
    found = await let_in(trust, signed(serviceurl=url), activity(serviceUrl=url))
    assert found in ("service_url_host 403", "malformed 401")


async def test_the_service_that_settings_name_is_trusted_too(microsoft, web):
    ours = Trust(microsoft.access(service_url="http://127.0.0.1:4711/teams/"), web)
    for url, found in (
        ("http://127.0.0.1:4711/teams/", "in"),
        ("http://127.0.0.1:4711/amer", "in"),
        ("http://127.0.0.1:4712/teams/", "service_url_host 403"),
        ("https://127.0.0.1:4711/teams/", "service_url_host 403"),
    ):
        assert await let_in(ours, signed(serviceurl=url), activity(serviceUrl=url)) == found


async def test_a_service_elsewhere_must_be_encrypted_even_if_settings_name_it(microsoft, web):
    plain = "http://relay.example/teams/"
    ours = Trust(microsoft.access(service_url=plain), web)
    assert await let_in(ours, signed(serviceurl=plain), activity(serviceUrl=plain)) == "service_url_host 403"
    covered = "https://relay.example:8443/teams/"
    ours = Trust(microsoft.access(service_url=covered), web)
    assert await let_in(ours, signed(serviceurl=covered), activity(serviceUrl=covered)) == "in"


@pytest.mark.parametrize("endorsements", [None, (), ("webchat",), "msteams", {"msteams": 1}, [["msteams"]], ("MSTEAMS",)])
async def test_a_key_that_does_not_speak_for_teams_brings_nothing_from_teams(microsoft, trust, endorsements):
    microsoft.keys = {"keys": [published("one", endorsements=endorsements)]}
    assert await let_in(trust, signed(), activity()) == "endorsement 403"


async def test_each_of_several_tenants_of_ours_may_knock(microsoft, web):
    ours = Trust(microsoft.access(tenants=(TENANT, OTHER_TENANT)), web)
    from_there = activity(channelData={"tenant": {"id": OTHER_TENANT}}, conversation={"id": "a:1", "tenantId": OTHER_TENANT})
    assert await let_in(ours, signed(), from_there) == "in"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=some.binary(max_size=60), payload=some.binary(max_size=60), signature=some.binary(max_size=60), text=some.text(max_size=80))
async def test_whatever_somebody_sends_is_refused_and_nothing_breaks(trust, header, payload, signature, text):
    for token in (by_hand(header, payload, signature), text, by_hand({"alg": "RS256", "kid": "one"}, payload, signature)):
        with pytest.raises(Stranger) as stranger:
            await trust.recognise(bearer(token))
        assert stranger.value.status == 401


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=some.dictionaries(some.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), _json), told=_json)
async def test_whatever_json_a_token_holds_it_is_refused_and_nothing_breaks(trust, header, told):
    for head in (header, {**header, "alg": "RS256", "kid": "one"}):
        with pytest.raises(Stranger) as stranger:
            await trust.recognise(bearer(by_hand(head, told, b"x" * 256)))
        assert stranger.value.status == 401


@pytest.mark.parametrize("bomb", ["[" * 3000, '{"a":' * 1200, "9" * 5000, '{"iss":' + "9" * 5000 + "}"])
async def test_a_bomb_in_a_token_does_not_go_off(trust, bomb):
    for token in (by_hand(bomb.encode(), b"{}"), by_hand({"alg": "RS256", "kid": "one"}, bomb.encode())):
        assert await refused(trust, token) == ("malformed", 401)

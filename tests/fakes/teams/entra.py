"""Entra and the Bot Framework's login: it gives tokens to the bot, and tells which keys the Bot Connector signs with."""

import uuid
from dataclasses import dataclass, field

import jwt
from aiohttp import web

from .calls import Recorded, Refused
from .keys import Cloud, Key, Keyring
from .limits import Limits
from .state import Json, State, moment


@dataclass
class Token:
    audience: str
    tenant_id: str
    ends_at: float


@dataclass
class Entra:
    """Tokens by client credentials (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow)."""

    state: State
    limits: Limits
    client_secret: str
    keyring: Keyring
    cloud: Cloud = field(default_factory=Cloud)
    url: str = ""
    given: dict[str, Token] = field(default_factory=dict)
    _key: Key = field(default_factory=lambda: Key(0))

    async def token(self, request: web.Request, recorded: Recorded) -> web.Response:
        form: Json = recorded.body or {}
        tenant = request.match_info["tenant"]
        problem = self._problem(form, tenant)
        if problem:
            recorded.answer = problem[1]
            return web.json_response(self._error(*problem[1:]), status=problem[0])
        audience = self.cloud.scopes[form["scope"]]
        value = self._signed(audience, tenant)
        self.given[value] = Token(audience, tenant, self.state.clock.now() + self.limits.token_seconds)
        seconds = int(self.limits.token_seconds)
        return web.json_response({"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": value})

    def revoke(self) -> None:
        """Nothing that was given opens a door any more."""
        self.given.clear()

    def admit(self, request: web.Request, audience: str = "") -> Token:
        """The caller's token, for the Connector unless said otherwise, or 401 as the service says it."""
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        token = self.given.get(value)
        if (
            kind != "Bearer"
            or token is None
            or token.audience != (audience or self.cloud.issuer)
            or token.ends_at <= self.state.clock.now()
        ):
            raise Refused(401, "Unauthorized", "Authorization has been denied for this request.")
        return token

    async def openid(self, _request: web.Request, _recorded: Recorded) -> web.Response:
        return web.json_response(
            {
                "issuer": self.keyring.issuer,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{self.url}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def keys(self, _request: web.Request, _recorded: Recorded) -> web.Response:
        return web.json_response(self.keyring.published)

    def _problem(self, form: Json, tenant: str) -> tuple[int, str, str, int] | None:
        """(status, OAuth's word, what is wrong, Entra's number), in the order in which Entra looks."""
        if tenant != self.state.tenant_id and tenant not in {one.tenant_id for one in self.state.people}:
            return 400, "invalid_request", f"Tenant '{tenant}' not found.", 90002
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", "The app requested an unsupported grant type.", 70003
        if form.get("client_id") != self.state.client_id:
            return 400, "unauthorized_client", f"Application with identifier '{form.get('client_id')}' was not found.", 700016
        if form.get("client_secret") != self.client_secret:
            return 401, "invalid_client", "Invalid client secret provided.", 7000215
        if not str(form.get("scope")).endswith("/.default"):
            return 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid.", 1002012
        if form["scope"] not in self.cloud.scopes:
            said = f"The resource principal named {form.get('scope')} was not found in the tenant."
            return 400, "invalid_resource", said, 500011
        return None

    def _error(self, word: str, words: str, number: int) -> Json:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        at = moment(self.state.clock.now())
        ids = {"timestamp": at, "trace_id": trace, "correlation_id": correlation}
        said = f"AADSTS{number}: {words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}"
        address = f"https://login.microsoftonline.com/error?code={number}"
        return {"error": word, "error_description": said, "error_codes": [number], **ids, "error_uri": address}

    def _signed(self, audience: str, tenant: str) -> str:
        now = self.state.clock.now()
        claims = {"aud": audience, "iss": f"https://sts.windows.net/{tenant}/", "tid": tenant, "appid": self.state.client_id}
        times = {"iat": int(now), "nbf": int(now), "exp": int(now + self.limits.token_seconds)}
        return jwt.encode({**claims, **times, "uti": uuid.uuid4().hex}, self._key.private, algorithm="RS256")

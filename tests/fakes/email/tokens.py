"""An issuer of tokens over real HTTP, as Microsoft's and Google's answer, whose tokens the mail servers of tests/servers/mail.py check by themselves."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import jwt

from tests.servers.mail import ISSUER, KEY, SCOPE

CLIENT, SECRET, REFRESH = "0f8e2c1a-application", "s~cret.of/the+application", "1//refresh-token-of-anna"
_ALLOWED = {
    "client_credentials": {"grant_type", "client_id", "client_secret", "scope"},
    "refresh_token": {"grant_type", "client_id", "client_secret", "scope", "refresh_token"},
}
# the words of Microsoft's answers, with what the client sent in them
_QUOTING = "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is not {secret}."


@dataclass
class Issuer:
    """`user`: whose mailbox its tokens open. `trouble`: an answer each (status, body), or what to do instead of one: "hang", "cut"."""

    user: str = ""
    lasts: object = 3599
    claims: dict[str, Any] = field(default_factory=dict)
    trouble: list[tuple[int, dict[str, Any] | str] | str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    secret: str = SECRET
    slow: float = 0.0
    url: str = ""

    @property
    def settings(self) -> dict[str, str]:
        names = {"URL": self.url, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "SCOPE": SCOPE}
        return {f"EMAIL_OAUTH_{name}": value for name, value in names.items()}

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any] | str]:
        time.sleep(self.slow)
        kind = form.get("grant_type", "")
        if kind not in _ALLOWED:
            return 400, {"error": "unsupported_grant_type"}
        if set(form) != _ALLOWED[kind]:
            return 400, {"error": "invalid_request"}
        if (form["client_id"], form["client_secret"]) != (CLIENT, self.secret):
            said = _QUOTING.format(secret=form["client_secret"])
            return 401, {"error": "invalid_client", "error_description": said, "error_codes": [7000215]}
        if form["scope"] != SCOPE:
            return 400, {"error": "invalid_scope", "error_codes": [1002012]}
        if form.get("refresh_token", REFRESH) != REFRESH:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        return 200, {"token_type": "Bearer", "expires_in": self.lasts, "access_token": self.issued()}

    def issued(self) -> str:
        now = int(time.time())
        said = {"sub": self.user, "iss": ISSUER, "scope": SCOPE, "azp": "default", "iat": now, "exp": now + 3600}
        self.tokens.append(jwt.encode({**said, "jti": str(len(self.tokens)), **self.claims}, KEY, algorithm="HS256"))
        return self.tokens[-1]


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(parse_qsl(body)) if self.headers["Content-Type"] == "application/x-www-form-urlencoded" else {}
        self.issuer.forms.append(form)
        trouble = self.issuer.trouble.pop(0) if self.issuer.trouble else None
        if trouble == "hang":
            time.sleep(1)
        if isinstance(trouble, str):
            self.close_connection = True
            return
        status, said = trouble or self.issuer.answer(form)
        raw = (json.dumps(said) if isinstance(said, dict) else said).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "17")
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def issuing(issuer: Issuer) -> Iterator[Issuer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"issuer": issuer}))
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}/tenant/oauth2/v2.0/token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

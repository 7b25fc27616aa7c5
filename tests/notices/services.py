"""PagerDuty, Twilio and ntfy as servers on this machine that enforce what their pages lay down, and can be told to fail."""

import asyncio
import json
import re
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROUTING_KEY = "R0123456789abcdef0123456789abcde"
OWN_KEY = "own456789abcdef0123456789abcdef0"
ACCOUNT = "AC0123456789abcdef0123456789abcdef:do-not-tell-this-token"
NUMBER = "+34910000000"
NTFY_TOKEN = "tk_do-not-tell-this-token-either"


@dataclass
class Service:
    """`taken` is what was accepted; `faults` answer instead, one request each; `after` answers once it was accepted."""

    path: str = "/"
    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    after: list[Fault] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append((dict(request.headers), body))
        if self.faults:
            return await self.faults.pop(0)(request)
        answer = self.judge(request, body)
        if answer.status < 300 and self.after:
            return await self.after.pop(0)(request)
        return answer

    def judge(self, request: web.Request, body: bytes) -> web.Response:
        raise NotImplementedError


@dataclass
class FakePagerDuty(Service):
    """developer.pagerduty.com/docs/events-api-v2: alerts by routing key and dedup_key."""

    path: str = "/v2/enqueue"
    keys: tuple[str, ...] = (ROUTING_KEY, OWN_KEY)
    open: set[tuple[str, str]] = field(default_factory=set)
    incidents: int = 0

    def judge(self, request, body):
        assert request.content_type == "application/json"
        assert len(body) <= 512_000
        event = json.loads(body)
        errors = list(self.errors(event))
        if errors:
            return web.json_response({"status": "invalid event", "message": "Event object is invalid", "errors": errors}, status=400)
        alert = (event["routing_key"], event["dedup_key"])
        if event["event_action"] == "trigger":
            self.incidents += alert not in self.open
            self.open.add(alert)
        elif event["event_action"] == "resolve":
            self.open.discard(alert)
        self.taken.append(event)
        return web.json_response({"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}, status=202)

    def errors(self, event):
        if len(event.get("routing_key", "")) != 32:
            yield "Length of 'routing_key' is incorrect (should be 32 characters)"
        elif event["routing_key"] not in self.keys:
            yield "Invalid routing key"
        if event.get("event_action") not in ("trigger", "acknowledge", "resolve"):
            yield "'event_action' is invalid"
        if len(event.get("dedup_key", "")) > 255:
            yield "'dedup_key' is too long"
        if event.get("event_action") == "trigger":
            payload = event.get("payload", {})
            yield from (f"'payload.{name}' is missing or blank" for name in ("summary", "source", "severity") if not payload.get(name))
            if len(payload.get("summary", "")) > 1024:
                yield "'payload.summary' is too long"
            if payload.get("severity") not in ("critical", "error", "warning", "info"):
                yield "'payload.severity' is invalid"
            if not isinstance(payload.get("custom_details", {}), dict):
                yield "'payload.custom_details' is invalid"
            yield from ("'links' is invalid" for link in event.get("links", []) if not link.get("href", "").startswith("http"))


@dataclass
class FakeTwilio(Service):
    """twilio.com/docs/messaging/api/message-resource, with the codes of its error dictionary."""

    path: str = "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json"
    unsubscribed: set[str] = field(default_factory=set)

    def judge(self, request, body):
        kind, _, login = request.headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or b64decode(login).decode() != ACCOUNT:
            return self.no(401, 20003, "Authenticate")
        if request.content_type != "application/x-www-form-urlencoded":
            return self.no(400, 21604, "A 'To' phone number is required.")
        form = dict(parse_qsl(body.decode(), strict_parsing=True))
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")):
            return self.no(400, 21211, f"Invalid 'To' Phone Number: {form.get('To')}")
        if form.get("From") != NUMBER:
            return self.no(400, 21606, "The 'From' phone number is not a valid number of yours")
        if form["To"] in self.unsubscribed:
            return self.no(400, 21610, "Attempt to send to unsubscribed recipient")
        if not form.get("Body"):
            return self.no(400, 21602, "Message body is required")
        if len(form["Body"]) > 1600:
            return self.no(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        self.taken.append(form)
        sid = f"SM{len(self.taken):032x}"
        return web.json_response({"sid": sid, "status": "queued", "error_code": None, "to": form["To"], "body": form["Body"]}, status=201)

    def no(self, status, code, message):
        return web.json_response({"code": code, "message": message, "status": status}, status=status)


@dataclass
class FakeNtfy(Service):
    """docs.ntfy.sh/publish: JSON goes to the root; phones show one notification for each sequence id."""

    denied: set[str] = field(default_factory=set)

    def judge(self, request, body):
        if request.headers.get("Authorization", f"Bearer {NTFY_TOKEN}") != f"Bearer {NTFY_TOKEN}":
            return web.json_response({"code": 40101, "http": 401, "error": "unauthorized"}, status=401)
        message = json.loads(body)
        if not self.is_well(message):
            return web.json_response(
                {"code": 40009, "http": 400, "error": "invalid request: request body must be message JSON"}, status=400
            )
        if message["topic"] in self.denied:
            return web.json_response({"code": 40301, "http": 403, "error": "forbidden"}, status=403)
        self.taken.append(message)
        return web.json_response({"id": f"m{len(self.taken):011}", "time": 1, "event": "message", **message})

    def is_well(self, message):
        name = re.compile(r"[-_A-Za-z0-9]{1,64}")
        actions = message.get("actions", [])
        return (
            name.fullmatch(message.get("topic", ""))
            and name.fullmatch(message.get("sequence_id", "x"))
            and isinstance(message.get("title", ""), str)
            and 0 < len(message.get("message", "").encode()) <= 4096  # what is longer becomes an attachment
            and message.get("priority", 3) in (1, 2, 3, 4, 5)
            and all(isinstance(tag, str) for tag in message.get("tags", []))
            and len(actions) <= 3
            and all(one["action"] == "view" and one["label"] and one["url"].startswith("http") for one in actions)
        )

    @property
    def shown(self) -> set[tuple[str, str]]:
        return {(one["topic"], one["sequence_id"]) for one in self.taken}


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[Service]:
    app = web.Application()
    app.router.add_post(service.path, service.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    service.url = f"http://127.0.0.1:{port}{service.path}"
    try:
        yield service
    finally:
        await runner.cleanup()


@asynccontextmanager
async def stranger(greeting: bytes = b"", tls: ssl.SSLContext | None = None, *, hangs_up: bool = False) -> AsyncIterator[int]:
    """The port of something that is no service of ours: it says its greeting, and nothing else."""
    writers = []

    async def listen(reader, writer):
        writers.append(writer)
        writer.write(greeting)
        if not hangs_up:
            with suppress(OSError):
                await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            if not writer.is_closing():  # of a TLS connection that was lost nothing is left to abort
                writer.transport.abort()
        await asyncio.sleep(0.01)


def says(status: int, body: bytes = b"", **headers: str) -> Fault:
    async def fault(request):
        return web.Response(status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return fault


async def hangs(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def hangs_up(request: web.Request) -> web.StreamResponse:
    request.transport.abort()
    return web.Response()


async def never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201)
    await response.prepare(request)
    while True:
        await response.write(b'{"sid": "' + b"x" * 65_536)


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=200, headers={"Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b'{"status": ')
    request.transport.abort()
    return response

"""A submission server on this machine: encryption, login and every way to fail, at every step of a message."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "tocsin", "do:not@tell/this"
HANG_UP = "hang up"
HANG = "hang"


@dataclass
class Post:
    """What has been delivered, and what to say instead: step (LOGIN, MAIL, RCPT, DATA, END) → an answer, HANG or HANG_UP."""

    faults: dict[str, str] = field(default_factory=dict)
    delivered: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def fault(self, step: str, server: SMTP) -> str | None:
        fault = self.faults.get(step)
        if fault == HANG_UP:
            server.transport.abort()
        elif fault == HANG:
            await asyncio.sleep(5)
        return fault

    def authenticate(self, server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right and "LOGIN" not in self.faults, handled=False, message=self.faults.get("LOGIN"))

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's names
        if fault := await self.fault("MAIL", server):
            return fault
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if fault := await self.fault("RCPT", server):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        fault = self.faults.get("END")
        if fault in (None, HANG, HANG_UP):
            self.delivered.append(message_from_bytes(envelope.content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        return await self.fault("END", server) or "250 2.0.0 queued as 42"


class Server(SMTP):
    async def smtp_DATA(self, arg):  # noqa: N802
        if fault := await self.event_handler.fault("DATA", self):
            return await self.push(fault if fault[0].isdigit() else "421 gone")
        return await super().smtp_DATA(arg)


@asynccontextmanager
async def running(post: Post, tls: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = True) -> AsyncIterator[Post]:
    def connection() -> Server:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a login in the clear, which stays on this machine
            return Server(
                post,
                hostname="mail.example.com",
                tls_context=None if implicit else tls,
                require_starttls=bool(tls) and not implicit,
                auth_require_tls=bool(tls) and not implicit,
                authenticator=post.authenticate if login else None,
                auth_required=login,
                auth_exclude_mechanism=() if login else ("LOGIN", "PLAIN"),
            )

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0, ssl=tls if implicit else None)
    post.port = server.sockets[0].getsockname()[1]
    async with server:
        yield post

"""One connection to the mailbox, in a thread of its own: imapclient waits for its answers, our loop must not."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from imaplib import IMAP4
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from bot.networks.email.faults import AWAY, imap_error, is_connection
from bot.networks.email.place import Place
from bot.submission import Encryption
from handlers.errors import DoorClosed, SendError, TryLater

T = TypeVar("T")
CONNECTING, READING = 8, 15  # seconds for a connection, and for one answer
PATIENCE = 22.0  # seconds for all of one call
_CLOSING = 2  # seconds for a goodbye

logging.getLogger("imapclient").setLevel(logging.WARNING)  # what it says in detail are passwords and mails


class Line:
    """The connection as its own thread knows it. `client` connects and signs in when there is no connection."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.token = ""  # stands for the password where there is none
        self._client: IMAPClient | None = None
        self._opening: socket.socket | None = None
        self._broken = False

    @property
    def is_open(self) -> bool:
        return self._client is not None

    @property
    def is_hung_up(self) -> bool:
        return self._broken

    def client(self) -> Any:
        if self._client is None:
            self._client = self._connected()
        return self._client

    def _connected(self) -> IMAPClient:
        self._broken = False
        place, context = self.place, _context(self.place)
        implicit = place.encryption is Encryption.IMPLICIT
        timeout = SocketTimeout(CONNECTING, READING)
        client = Client(self._opened, place.host, place.port, ssl=implicit, ssl_context=context if implicit else None, timeout=timeout)
        try:
            client.normalise_times = False  # moments keep their zone
            if not implicit:
                _encrypt(client, place, context)
            _sign_in(client, place, self.token)
            self._opening = None
            client._cached_capabilities = None  # noqa: SLF001 - many servers offer more after the login
        except BaseException:
            with suppress(Exception):
                client.shutdown()
            raise
        return client

    def _opened(self, opening: socket.socket) -> None:
        self._opening = opening
        if self._broken:  # nobody waits any more
            raise ConnectionAbortedError

    def examine(self) -> Mapping[bytes, Any]:
        """What the server says of the mailbox, opened so that nothing in it can be changed."""
        said: Mapping[bytes, Any] = self.client().select_folder(self.place.mailbox, readonly=True)
        return said

    def examine_anew(self) -> None:
        """After an answer that could not be read to its end."""
        self.drop()
        self.examine()

    def drop(self) -> None:
        """What is out of step is not used again."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.shutdown()

    def hang_up(self) -> None:
        """From any thread: whoever waits for an answer gets none, nor does who has not been greeted yet."""
        self._broken = True
        opened = self._client.socket() if self._client is not None else self._opening
        if opened is not None:
            with suppress(Exception):
                socket.socket.shutdown(opened, socket.SHUT_RDWR)  # of the bare socket: TLS must not say goodbye here

    def say_goodbye(self) -> None:
        if self._client is not None and not self._broken:
            with suppress(Exception):
                self._client.logout()
        self.drop()


class Client(IMAPClient):  # type: ignore[misc]
    """`opened` is told of the connection before anything is said on it: a server that never comes to its point can be left."""

    def __init__(self, opened: Callable[[socket.socket], None], *args: Any, **more: Any) -> None:
        self._opened = opened
        super().__init__(*args, **more)

    def _create_IMAP4(self) -> IMAP4:  # noqa: N802 - imapclient names it
        return _Opened(self.host, self.port, self.ssl_context if self.ssl else None, self._opened)


class _Opened(IMAP4):
    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, opened: Callable[[socket.socket], None]) -> None:
        self._context, self._opened = context, opened
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002
        with ExitStack() as stack:
            bare = stack.enter_context(socket.create_connection((self.host, self.port), CONNECTING))
            self._opened(bare)
            if self._context is not None:
                bare = sealed = stack.enter_context(
                    self._context.wrap_socket(bare, server_hostname=self.host, do_handshake_on_connect=False)
                )
                self._opened(sealed)
                sealed.do_handshake()
            stack.pop_all()
        return bare


def _context(place: Place) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not place.is_checked:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _encrypt(client: Any, place: Place, context: ssl.SSLContext) -> None:
    if client.has_capability("STARTTLS"):
        client.starttls(context)
    elif place.encryption is Encryption.REQUIRED:
        raise DoorClosed("not_offered", whole=True)


def _sign_in(client: Any, place: Place, token: str) -> None:
    try:
        _say_who(client, place, token)
    except LoginError as error:
        if isinstance(error.__context__, IMAP4.abort):  # imapclient calls it a refused login as well
            raise error.__context__ from None
        raise


def _say_who(client: Any, place: Place, token: str) -> None:
    if place.tokens:
        _show(client, place.user, token)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(place.user, place.password)
    elif client.has_capability("LOGINDISABLED"):
        raise DoorClosed("not_offered", whole=True)
    else:
        client.login(place.user, place.password)


def _show(client: Any, user: str, token: str) -> None:
    """XOAUTH2. A refusal is first explained in a challenge, and an empty answer asks for its end (Google, *The SASL XOAUTH2 Mechanism*)."""
    if not client.has_capability("AUTH=XOAUTH2"):
        raise DoorClosed("not_offered", whole=True)
    says = iter((f"user={user}\1auth=Bearer {token}\1\1",))
    client.sasl_login("XOAUTH2", lambda _: next(says, ""))


class Mailbox:
    """Work is done one after another."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._line = Line(place)
        self._thread: ThreadPoolExecutor | None = None

    async def ask(self, work: Callable[[Line], T], *, again: bool = True, within: float | None = PATIENCE) -> T:
        """What `work` finds out. A connection that has died meanwhile is made anew once, if `again`. Raises a SendError."""
        tokens = self.place.tokens
        if tokens is None:
            return await self._asked(work, again=again, within=within)
        clock = asyncio.get_running_loop().time
        began = clock()
        self._line.token = token = await tokens.token()
        left = max(1.0, within - (clock() - began)) if within else None
        try:
            return await self._asked(work, again=again, within=left)
        except DoorClosed:
            tokens.forget(token)
            raise

    async def _asked(self, work: Callable[[Line], T], *, again: bool, within: float | None) -> T:
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="imap")
        doing = asyncio.get_running_loop().run_in_executor(self._thread, _done, self._line, work, again)
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(doing)
        except TimeoutError:
            self._line.hang_up()
            doing.cancel()  # what has not begun never will
            raise TryLater("timeout", AWAY) from None
        except asyncio.CancelledError:
            self._line.hang_up()
            doing.cancel()
            raise
        finally:
            doing.add_done_callback(_look_away)

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        goodbye = asyncio.get_running_loop().run_in_executor(thread, self._line.say_goodbye)
        try:
            async with asyncio.timeout(_CLOSING):
                await asyncio.shield(goodbye)
        except TimeoutError:
            self._line.hang_up()
        finally:
            thread.shutdown(wait=False, cancel_futures=True)


def _done(line: Line, work: Callable[[Line], T], again: bool) -> T:  # noqa: FBT001
    used = line.is_open
    try:
        return work(line)
    except SendError:
        line.drop()
        raise
    except Exception as error:  # noqa: BLE001 - imaplib and the parsers behind it raise whatever comes to hand
        line.drop()
        if again and used and is_connection(error) and not line.is_hung_up:
            return _done(line, work, again=False)
        raise imap_error(error) from None


def _look_away(doing: asyncio.Future[Any]) -> None:
    """Nobody waits any more for what failed after its time."""
    if not doing.cancelled():
        doing.exception()

"""Runs the ASGI app on a socket that is bound before anything is promised, and stops when the host says so."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import h11
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import State
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger()
# Seconds. Hosts wait 30 between SIGTERM and SIGKILL (Docker 10 unless told otherwise): all of it together stays under 25.
FAREWELL = 3  # so long /readyz says that we leave while the door is still open, so that a balancer sends nobody here any more
UNDER_WAY = 6  # for requests that are being answered
PATIENCE = 13  # for the last work of a task beside the server


class PortTaken(Exception):
    """Somebody else listens there. The message is host:port."""


class _Server(uvicorn.Server):
    """Leaves signals alone: uvicorn would raise them again after serving, before the doors behind it are closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Close the door and finish what is under way; told again, leave that too."""
        self.force_exit = self.should_exit
        self.handle_exit(signal.SIGTERM, None)  # not the flag alone: streams that never end by themselves are told by this hook

    def take_leave(self, state: State) -> None:
        """Close the door soon; at once when told again."""
        if state.leaving:
            self.stop()
            return
        state.leaving = True
        asyncio.get_running_loop().call_later(FAREWELL, self._leave)

    def _leave(self) -> None:
        if not self.should_exit:
            self.stop()


class _Connection(H11Protocol):
    """Hangs up on whoever has not sent a whole request at two looks: uvicorn itself waits for ever, and one machine could hold them all."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(self.timeout_keep_alive, self._look, None)

    def _look(self, last: object) -> None:
        if self.transport.is_closing():
            return
        waits = (self.cycle,) if self.conn.their_state in (h11.IDLE, h11.SEND_BODY) else None
        if waits and waits == last:
            self.transport.close()
        else:
            self.loop.call_later(self.timeout_keep_alive, self._look, waits)


@contextmanager
def bind(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortTaken(f"{host}:{port}") from error
        listener.listen(512)
        yield listener


async def run_until_told(app: Starlette, listener: socket.socket, patience: int = 30) -> None:
    """Serve until SIGINT (from a keyboard: at once) or SIGTERM (from a host: with a farewell). `patience`: seconds between two looks."""
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False, "lifespan": "off"}
    config = uvicorn.Config(app, http=_Connection, timeout_graceful_shutdown=UNDER_WAY, timeout_keep_alive=patience, **quiet)
    server = _Server(config)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, server.stop)
    loop.add_signal_handler(signal.SIGTERM, server.take_leave, app.state)
    await server.serve(sockets=[listener])


@asynccontextmanager
async def background(run: Callable[[asyncio.Event], Awaitable[None]], patience: float = PATIENCE) -> AsyncIterator[None]:
    """Run beside the block; when it ends, ask to stop, wait `patience` seconds, then cut it off."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    task.add_done_callback(_say_why)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([task], timeout=patience)
        task.cancel()
        await asyncio.wait([task], timeout=1)


def _say_why(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and task.exception():
        log.error("background_task_ended", exc_info=task.exception())

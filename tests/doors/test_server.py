"""Who holds a connection without asking anything is hung up on; who listens is not."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sse_starlette.sse import AppStatus
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.server import FAREWELL, bind, run_until_told
from bot.web import web_app

PATIENCE = 1


async def read(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def drip(_: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"drop"
            await asyncio.sleep(PATIENCE)

    return StreamingResponse(drops())


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    app = web_app([Route("/read", read, methods=["POST"]), Route("/drip", drip)])
    with bind("127.0.0.1", 0) as listener:
        running = asyncio.create_task(run_until_told(app, listener, patience=PATIENCE))
        await asyncio.sleep(0.2)
        try:
            yield listener.getsockname()[1]
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            await running


@pytest.fixture(autouse=True)
def _news_go_on(monkeypatch):
    """The library that streams news remembers for the whole process that a server was told to stop."""
    monkeypatch.setattr(AppStatus, "should_exit", False)


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nA: ", b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nab"]
)
async def test_a_connection_that_asks_nothing_whole_is_closed(said, caplog, capsys):
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        async with asyncio.timeout(4 * PATIENCE):
            await reader.read()
        writer.close()
    assert "Traceback" not in caplog.text + capsys.readouterr().err


async def test_signs_that_trickle_in_keep_no_connection_open():
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nA: ")
        ended = asyncio.create_task(reader.read())
        for _ in range(40 * PATIENCE):
            if ended.done():
                break
            writer.write(b"a")
            await asyncio.sleep(0.1)
        assert ended.done()
        writer.close()


async def test_whoever_listens_to_a_long_answer_is_left_in_peace():
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /drip HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).count(b"drop") == 5
        writer.close()


async def test_whoever_tells_a_host_to_stop_twice_does_not_wait_for_the_farewell():
    app = web_app([Route("/drip", drip)])
    with bind("127.0.0.1", 0) as listener:
        running = asyncio.create_task(run_until_told(app, listener))
        await asyncio.sleep(0.2)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
        assert app.state.leaving and not running.done()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(FAREWELL / 2):
            await running

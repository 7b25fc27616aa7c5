"""A mail server that never comes to its point holds up neither the end of a process nor the next question."""

import asyncio
import time

import pytest
from pydantic import SecretStr

from bot.networks.email.mailbox import Mailbox
from bot.networks.email.place import place
from handlers.errors import TryLater


async def silent(reader, _) -> None:
    await reader.read()


async def endless(_, writer) -> None:
    """A greeting that never ends."""
    while True:
        writer.write(b"* OK and ")
        await writer.drain()
        await asyncio.sleep(0.2)


@pytest.fixture(params=[silent, endless])
async def port(request):
    talking = set()

    async def talk(reader, writer) -> None:
        talking.add(asyncio.current_task())
        try:
            await request.param(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for one in talking:
        one.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await asyncio.sleep(0.05)


def mailbox_at(port: int, scheme: str = "imap") -> Mailbox:
    return Mailbox(place(SecretStr(f"{scheme}://user:password@127.0.0.1:{port}")))


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
async def test_whoever_stops_while_a_server_keeps_us_waiting_leaves_no_thread_behind(port, scheme) -> None:
    mailbox = mailbox_at(port, scheme)
    asking = asyncio.create_task(mailbox.ask(lambda line: line.examine()))
    await asyncio.sleep(0.3)
    threads = list(mailbox._thread._threads)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    began = time.monotonic()
    await mailbox.close()
    while any(one.is_alive() for one in threads):
        assert time.monotonic() - began < 3
        await asyncio.sleep(0.02)


async def test_a_question_that_nobody_waits_for_any_more_is_not_asked_later(port) -> None:
    mailbox, done = mailbox_at(port), []
    for _ in range(3):
        with pytest.raises(TryLater):
            await mailbox.ask(lambda line: done.append(line.examine()), within=0.2)
    await mailbox.close()
    assert done == [] and mailbox._thread is None

"""What the server says by itself, what it never says, and that nothing spins or hangs while it is silent."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import pytest

from handlers.errors import TryLater
from tests.fakes.email.wire import Wire
from tests.networks.email.conftest import everything, mail


async def test_a_mail_that_arrives_is_pushed_within_a_second(desk):
    source = desk.connected().source
    stirs = source.stirs()
    assert await asyncio.wait_for(anext(stirs), 5) is None, "what came before is worth a look"
    waiting = asyncio.ensure_future(anext(stirs))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    began = time.monotonic()
    desk.server.bring(mail("Hello?"), desk.anna, desk.us)
    assert await asyncio.wait_for(waiting, 5) is None
    assert time.monotonic() - began < 2
    await stirs.aclose()


async def test_where_the_server_never_pushes_asking_brings_it_all_the_same(desk):
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        wire.never_pushes = True
        source = desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source
        stirs = source.stirs()
        await anext(stirs)
        waiting = asyncio.ensure_future(anext(stirs))
        await asyncio.sleep(0.5)
        desk.server.deliver(mail("Hello?").as_bytes(), desk.anna, desk.us)
        await asyncio.sleep(1)
        assert not waiting.done()
        news, _ = await everything(source)
        assert len(news) == 1 and source.every <= timedelta(minutes=1)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting


async def test_where_nobody_can_wait_for_a_push_nothing_spins(desk):
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        wire.hides.append(b" IDLE")
        waiting = asyncio.ensure_future(anext(desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source.stirs()))
        await asyncio.sleep(1)
        assert not waiting.done() and wire.entered == 1
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting


async def test_a_push_whose_line_is_cut_ends_at_once_instead_of_spinning(desk):
    async with Wire(desk.server.ports["imap"], "imap") as wire:
        stirs = desk.connected(imap=desk.server.imap_url(desk.us, port=wire.port)).source.stirs()
        await anext(stirs)
        waiting = asyncio.ensure_future(anext(stirs))
        await asyncio.sleep(0.3)
        wire.cut()
        with pytest.raises(TryLater):
            await asyncio.wait_for(waiting, 5)


async def test_waiting_for_a_push_ends_as_soon_as_nobody_waits(desk):
    stirs = desk.connected().source.stirs()
    await anext(stirs)
    waiting = asyncio.ensure_future(anext(stirs))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert time.monotonic() - began < 3


async def test_an_idle_that_has_lasted_long_is_begun_anew_and_still_pushes(desk):
    connected = desk.connected()
    object.__setattr__(connected.source, "quiet", 0.7)
    stirs = connected.source.stirs()
    await anext(stirs)
    waiting = asyncio.ensure_future(anext(stirs))
    await asyncio.sleep(2)
    assert not waiting.done()
    desk.server.deliver(mail("Hello?").as_bytes(), desk.anna, desk.us)
    assert await asyncio.wait_for(waiting, 5) is None
    await stirs.aclose()

"""Beside the scheduler, not on it: calls the watch every few seconds, and a thread that notices when the event loop itself stands still."""

import asyncio
import faulthandler
import os
import sys
import sysconfig
import threading
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.server import background

log = structlog.get_logger()
EVERY = 5.0  # seconds between two looks
ENDED = 75  # EX_TEMPFAIL of sysexits.h: start it again
_COUNTS_BY_ITSELF = bool(sysconfig.get_config_var("HAVE_SEM_CLOCKWAIT"))  # else faulthandler would wait by the clock that people set

_BRACKETS = str.maketrans("", "", "<>")  # of <module> and <lambda>


@dataclass
class Standstill:
    """Ends a process whose event loop stands still for too long, so that its host starts it anew.

    Nothing is lost by that: what was acknowledged is stored, what was being sent is leased and asked about, what is due is a row. A process
    that goes on standing still answers nobody, tells nobody, and looks alive to its host. Seconds are turns of the thread, not the clock's:
    where all of the machine slept, the thread slept too.
    """

    told_after: int = 30
    ended_after: int = 120
    turn: float = 1.0
    _beats: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """To be entered in the loop that is watched, on its thread."""
        loop, watched = asyncio.get_running_loop(), threading.get_ident()
        self._beat(loop)
        threading.Thread(target=self._watch, args=(watched,), name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()
            faulthandler.cancel_dump_traceback_later()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        if not self._over.is_set():
            loop.call_later(self.turn, self._beat, loop)

    def _watch(self, watched: int) -> None:
        last, missed = 0, 0
        while not self._over.wait(self.turn):
            if _COUNTS_BY_ITSELF:
                # A call into C that never lets Python run would stop this thread too; the one that is armed here needs no Python. It knows
                # one exit code only, 1, and ends a process that somebody else has stopped (Ctrl-Z, a frozen container) when that goes on.
                faulthandler.dump_traceback_later(self.ended_after * self.turn, exit=True)
            missed, last = (missed + 1 if self._beats == last else 0), self._beats
            if missed == self.told_after:
                log.critical("loop_stands_still", turns=missed, at=_doing(watched))
            if missed >= self.ended_after:
                log.critical("process_ended", turns=missed, at=_doing(watched))
                sys.stderr.flush()
                os._exit(ENDED)


def _doing(thread: int) -> list[str]:
    """Where that thread is, the innermost call first: file, line and function, none of its values; as the log takes it."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - Python's documented name
    inward = reversed(traceback.extract_stack(frame))
    return [f"{'/'.join(Path(one.filename).parts[-3:])}:{one.lineno}:{one.name}".translate(_BRACKETS) for one in inward][:12]


@asynccontextmanager
async def on_watch(look: Callable[[], Awaitable[None]], every: float = EVERY) -> AsyncIterator[None]:
    """Look every few seconds while the block runs; a look that fails is followed by the next."""

    async def go_round(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await look()
            except Exception:
                log.exception("look_failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)

    with Standstill().noticed():
        async with background(go_round, patience=1):
            yield

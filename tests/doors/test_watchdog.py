"""What looks after the event loop and the scheduler, beside them: a loop that stands still is ended, a look that fails is not the last."""

import asyncio
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace

import pytest

from bot.clock import Tick, running
from bot.watchdog import ENDED, on_watch
from tests.builders import ROOT

PROGRAM = """
import asyncio, re, time
from bot.terminal.logs import load_logging
from bot.watchdog import Standstill

def stuck():
    {stuck}

async def main():
    with Standstill(told_after=3, ended_after={ended_after}, turn=0.1).noticed():
        await asyncio.sleep(0.3)
        stuck()
        await asyncio.sleep({afterwards})
    print("lived")

load_logging()
asyncio.run(main())
"""


def run(stuck: str, ended_after: int = 8, afterwards: float = 0.3) -> subprocess.CompletedProcess[str]:
    code = PROGRAM.format(stuck=stuck, ended_after=ended_after, afterwards=afterwards)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_loop_that_stands_still_is_ended_and_the_log_says_at_what():
    began = time.monotonic()
    ended = run("time.sleep(60)")
    assert ended.returncode == ENDED and time.monotonic() - began < 30
    assert "loop_stands_still" in ended.stderr and "process_ended" in ended.stderr
    assert ":stuck" in ended.stderr and "characters)" not in ended.stderr and "lived" not in ended.stdout


def test_a_loop_that_computes_for_ever_is_ended():
    assert run("while True: pass").returncode == ENDED


def test_a_call_that_never_lets_python_run_is_ended_too():
    ended = run('re.match(r"(a+)+$", "a" * 60 + "b")')
    assert ended.returncode == 1 and "in stuck" in ended.stderr


def test_a_short_standstill_is_told_and_survived():
    ended = run("time.sleep(1)", ended_after=80)
    assert (ended.returncode, ended.stdout) == (0, "lived\n")
    assert ended.stderr.count("loop_stands_still") == 1


def test_a_loop_that_turns_is_left_in_peace():
    ended = run("pass", ended_after=5, afterwards=2)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "lived\n", "")


async def test_a_look_that_fails_is_followed_by_the_next():
    looks = []

    async def look():
        looks.append(1)
        raise OSError("away")

    async with on_watch(look, every=0.01):
        async with asyncio.timeout(5):
            while len(looks) < 3:
                await asyncio.sleep(0.01)
    seen = len(looks)
    await asyncio.sleep(0.1)
    assert len(looks) == seen, "and none after the end"


# ticks


@dataclass
class Work:
    """A tick's work that ends well, fails, or never ends."""

    outcome: object = None
    done: list[int] = field(default_factory=list)

    async def __call__(self):
        self.done.append(1)
        if self.outcome is None:
            return
        if isinstance(self.outcome, Exception):
            raise self.outcome
        await self.outcome.wait()


LONG_AGO = time.monotonic() - 1000


@pytest.mark.parametrize(
    ("outcome", "late", "failing"), [(None, [], []), (OSError("away"), [], ["one"]), (asyncio.Event(), ["one"], ["one"])]
)
async def test_a_tick_that_ends_badly_fails_and_one_that_does_not_end_is_late(outcome, late, failing):
    work = Work(outcome)
    async with running((Tick("one", work, seconds=0.02),)) as clock:
        clock.began = LONG_AGO
        assert clock.late() == clock.failing() == ["one"]
        async with asyncio.timeout(5):
            while not work.done:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert (clock.late(), clock.failing()) == (late, failing)


async def test_a_tick_that_has_not_had_its_turn_yet_is_not_late():
    now = time.monotonic()
    async with running((Tick("slow", Work(), seconds=60), Tick("nightly", Work(), cron="5 0 * * *"))) as clock:
        assert replace(clock, began=now - 100).late() == []
        assert replace(clock, began=now - 200).late() == ["slow"], "and what goes by a calendar is never"


async def test_what_fell_due_while_nobody_was_here_has_its_turn_at_once_and_holds_nobody_up_for_long():
    work, stuck = Work(), asyncio.Event()
    async with running((Tick("due", work, seconds=60, at_once=True), Tick("stuck", stuck.wait, seconds=60, at_once=True))) as clock:
        began = time.monotonic()
        await clock.turned("due", 5)
        assert len(work.done) == 1
        await clock.turned("stuck", 0.1)
        assert time.monotonic() - began < 2
        clock.add([Tick("late comer", work, seconds=60, at_once=True)])
        await clock.turned("late comer", 5)
        assert len(work.done) == 2 and [tick.name for tick in clock.ticks] == ["due", "stuck", "late comer"]


async def test_a_tick_that_is_at_work_when_we_leave_is_no_error(caplog):
    async with running((Tick("one", asyncio.Event().wait, seconds=60, at_once=True),)):
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)
    assert caplog.records == []

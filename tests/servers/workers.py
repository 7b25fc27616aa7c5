"""Processes of one kind side by side; each that is killed is followed by another at once."""

import random
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from tests.builders import ROOT


@dataclass
class Workers:
    """`with workers.at_work():` starts `count` of them; at the end each is told to stop, and must end well."""

    command: Sequence[str]
    count: int
    environment: Mapping[str, str] | None = None  # None: ours
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    log: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def start(self) -> None:
        self.running.append(subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stderr=self.log, stdout=subprocess.DEVNULL))

    def kill_next(self) -> None:
        """The one that has run longest."""
        self._kill(self.running[0])

    def kill_one(self, chance: random.Random) -> None:
        self._kill(chance.choice(self.running))

    def _kill(self, one: subprocess.Popen[bytes]) -> None:
        self.must_run()
        self.running.remove(one)
        one.send_signal(signal.SIGKILL)
        one.wait()
        self.start()

    def must_run(self) -> None:
        for one in self.running:
            if one.poll() is not None:
                raise RuntimeError(f"one ended by itself with {one.returncode}: {self.said()[-4000:]}")

    def start_again(self) -> None:
        """As a host does with those that ended because what they need to start was not there."""
        for one in [one for one in self.running if one.poll() is not None]:
            self.running.remove(one)
            self.start()

    def said(self) -> str:
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode()

    def end(self) -> None:
        for one in self.running:
            one.terminate()
        ended = [one.wait(30) for one in self.running]
        if any(ended):
            raise RuntimeError(f"they ended with {ended}: {self.said()[-4000:]}")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        try:
            for _ in range(self.count):
                self.start()
            yield
            self.must_run()
            self.end()
        finally:
            for one in self.running:
                one.kill()
                one.wait()
            self.log.close()

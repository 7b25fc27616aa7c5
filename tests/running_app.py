"""`python app.py` as a process of its own, in a folder of its own, with nothing of our environment."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.builders import ROOT


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class RunningApp:
    """`with RunningApp(folder) as app:` returns at once; `app.until_ready()` waits. Killed at the end."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = (str(ROOT / "app.py"),)
    observed: bool = False  # then `modules` tells what was imported when it was ready
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        environment = {
            "PORT": str(self.port),
            "DATABASE_URL": f"sqlite:///{self.folder}/tocsin.db",
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }
        self.log = (self.folder / "log").open("w")
        self.began = time.perf_counter()
        through = [str(ROOT / "tests/observed.py"), str(self._modules), str(self.port)] if self.observed else []
        command = [sys.executable, *through, *self.program]
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()

    def until_ready(self, most: float = 60.0) -> float:
        """Seconds from the process's start until /readyz answered 200."""
        while self.status("/readyz") != 200:
            if self.process.poll() is not None or time.perf_counter() - self.began > most:
                raise RuntimeError(self.log_text()[-2000:])
            time.sleep(0.003)
        return time.perf_counter() - self.began

    def log_text(self) -> str:
        """Everything that it has said so far."""
        return (self.folder / "log").read_text()

    def until_models_loaded(self, quiet: float = 2.0) -> None:
        """Waits until the process has hardly worked for a while."""
        before = self._worked()
        while True:
            time.sleep(quiet)
            now = self._worked()
            if now - before < quiet / 10:
                return
            before = now

    def _worked(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def _modules(self) -> Path:
        return self.folder / "modules.json"

    def modules(self) -> list[str]:
        """In the order of their import; only of an observed one."""
        self.until_ready()
        until = time.monotonic() + 10
        while not self._modules.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return list(json.loads(self._modules.read_text()))

    def status(self, path: str) -> int:
        """0 while nobody answers."""
        answer = self.get(path)
        return int(answer.split(b" ", 2)[1]) if answer else 0

    def get(self, path: str) -> bytes:
        """The whole answer, head and body; empty while nobody answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n".encode())
                return b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:
            return b""

    def stored(self) -> float:
        """Mentions ever stored, as /metrics tells."""
        lines = self.get("/metrics").decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("tocsin_mentions_total"))

    def memory_mb(self) -> float:
        """Resident, as the kernel counts it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

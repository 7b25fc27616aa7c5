"""mastodon_mock of PyPI as a process of its own on loopback: Mastodon's API with streams, kept in memory."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from tests.running_app import free_port


def missing() -> str | None:
    return None if find_spec("mastodon_mock") else "pip install mastodon_mock"


class MastodonMock:
    """`with MastodonMock({"meridia": "token"}) as server: server.url`. A larger server gives the same answers with `extra` lines of TOML."""

    def __init__(self, accounts: Mapping[str, str], extra: str = "") -> None:
        self.accounts, self.extra, self.port = accounts, extra, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="mastodon-mock-"))
        settings = self.folder / "server.toml"
        settings.write_text("[streaming]\nheartbeat_seconds = 1\n" + self.extra + "".join(self._seeds()))
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(settings), "--in-memory", "--host", "127.0.0.1"]
        self.log = (self.folder / "log").open("w")
        more = ["--port", str(self.port), "--log-level", "warning"]
        self.process = subprocess.Popen([*command, *more], stdout=self.log, stderr=self.log, cwd=self.folder)
        self._until_it_answers()
        return self

    def _seeds(self) -> list[str]:
        return [f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "{token}"\n' for name, token in self.accounts.items()]

    def _until_it_answers(self, most: float = 60) -> None:
        deadline = time.monotonic() + most
        while True:
            try:
                urlopen(f"{self.url}/api/v1/instance").close()
            except (URLError, ConnectionError) as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from error
                time.sleep(0.05)
            else:
                return

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

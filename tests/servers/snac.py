"""snac, a real ActivityPub server with a part of Mastodon's API, on loopback: Debian's snac2 (from bookworm-backports)."""

import html
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import httpx

from tests.running_app import free_port

_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_SCOPES = "read write follow"
_DEADLINE = 20.0  # seconds


def missing() -> str | None:
    return None if shutil.which("snac") else "apt-get install -t bookworm-backports snac2"


class Snac:
    """`with Snac() as server: server.add("meridia"); server.token("meridia")`. People can be added while it runs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="snac-"))
        self.data = self.folder / "data"
        self._run("init", said=f"127.0.0.1\n{self.port}\n{self.host}\n\n\n")
        file = self.data / "server.json"
        settings = json.loads(file.read_text())
        # it delivers to itself over HTTP: with the few threads of its default it waits for itself
        settings |= {"protocol": "http", "disable_email_notifications": True, "queue_retry_minutes": 1, "num_threads": 16}
        file.write_text(json.dumps(settings))
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(["snac", "httpd", str(self.data)], stdout=self.log, stderr=self.log)
        self._until_it_listens()
        return self

    def _run(self, act: str, *more: str, said: str) -> str:
        done = subprocess.run(["snac", act, str(self.data), *more], check=True, capture_output=True, text=True, input=said)
        return done.stdout + done.stderr

    def _until_it_listens(self) -> None:
        deadline = time.monotonic() + _DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.3).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.02)
            else:
                return

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, name: str) -> None:
        told = re.search(r"User password is (\S+)", self._run("adduser", name, said="\n"))
        assert told
        self.passwords[name] = told[1]

    def token(self, name: str) -> str:
        """By the way that a person's browser would go."""
        with httpx.Client(base_url=self.url, headers={"Connection": "close"}, timeout=20) as browser:
            asked = {"client_name": "tocsin", "redirect_uris": _OUT_OF_BAND, "scopes": _SCOPES}
            app = browser.post("/api/v1/apps", data=asked).raise_for_status().json()
            whose = {"client_id": app["client_id"], "redirect_uri": _OUT_OF_BAND}
            page = browser.get("/oauth/authorize", params={**whose, "response_type": "code", "scope": _SCOPES}).raise_for_status().text
            hidden = re.finditer(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
            fields = {one[1]: html.unescape(one[2]) for one in hidden}
            action = re.search(r'<form[^>]*action="([^"]+)"', page)
            assert action
            filled = {**fields, "login": name, "passwd": self.passwords[name]}
            code = browser.post(html.unescape(action[1]), data=filled).raise_for_status().text.strip()
            proof = {**whose, "client_secret": app["client_secret"], "grant_type": "authorization_code", "code": code}
            return str(browser.post("/oauth/token", data=proof).raise_for_status().json()["access_token"])

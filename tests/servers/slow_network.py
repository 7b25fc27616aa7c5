"""A network over real HTTP that keeps what it got: slow, sometimes away, and sometimes gone after it took a reply in.

It never notices that it was given a reply twice: whoever sends twice is seen to have done so.
"""

import json
import random
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.request import urlopen

from tests.builders import ROOT
from tests.running_app import free_port

SLOW = (0.0, 0.06)  # seconds that most answers take
VERY_SLOW, VERY_SLOW_CHANCE = 0.8, 0.005
AWAY, TAKEN_AND_GONE, GONE = 0.01, 0.015, 0.005  # chances: 503 before, no answer after, no answer before it was taken in


class Kept:
    """What arrived, in order."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.replies: list[dict[str, str]] = []
        self.by_token: dict[str, int] = {}

    def take(self, reply: dict[str, str]) -> int:
        with self.lock:
            self.replies.append(reply)
            number = len(self.replies)
            self.by_token.setdefault(reply["token"], number)
            return number


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Kept
    chance: random.Random

    def do_POST(self) -> None:
        reply = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(VERY_SLOW if self.chance.random() < VERY_SLOW_CHANCE else self.chance.uniform(*SLOW))
        fate = self.chance.random()
        if fate < AWAY:
            self._answer(503, {"error": "over capacity"})
        elif fate < AWAY + GONE:
            self.close_connection = True
        else:
            number = self.kept.take(reply)
            if fate < AWAY + GONE + TAKEN_AND_GONE:
                self.close_connection = True
            else:
                self._answer(201, {"id": str(number)})

    def do_GET(self) -> None:
        if self.path == "/count":
            self._answer(200, {"count": len(self.kept.replies)})
        elif self.path == "/kept":
            with self.kept.lock:
                self._answer(200, {"replies": self.kept.replies})
        else:
            number = self.kept.by_token.get(self.path.removeprefix("/by-token/"))
            self._answer(200 if number else 404, {"id": str(number)})

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: Any) -> None:
        """Whoever was killed does not read its answer."""


def serve(port: int, seed: int) -> None:
    Handler.kept, Handler.chance = Kept(), random.Random(seed)
    Server(("127.0.0.1", port), Handler).serve_forever()


class SlowNetwork:
    """`with SlowNetwork() as network: network.url`: in a process of its own, which outlives those that send."""

    def __init__(self, seed: int = 0) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seed = seed

    def __enter__(self) -> Self:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.servers.slow_network", str(self.port), str(self.seed)], cwd=ROOT)
        until = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError("the slow network does not answer")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def count(self) -> int:
        return int(self._get("/count")["count"])

    def kept(self) -> list[dict[str, str]]:
        return list(self._get("/kept")["replies"])

    def _answers(self) -> bool:
        try:
            return self.count() == 0
        except OSError:
            return False

    def _get(self, path: str) -> dict[str, Any]:
        with urlopen(f"{self.url}{path}", timeout=30) as answer:  # our own server
            return dict(json.load(answer))


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))

"""The network in memory behind real HTTP, so that another process can be connected to it, and killed."""

import json
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from handlers.networks import Connected, Network, Source
from tests.networks.contract.stage import Scene
from tests.networks.contract.stages.memory import EVERYTHING, WHOLE, MemoryStage
from tests.networks.contract.stages.memory_network import MemoryNetwork, MemorySource
from tests.networks.contract.stages.memory_square import TOKEN, Answer, Cut, Lost, Square


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            with self.server.lock:  # type: ignore[attr-defined]
                status, body = self.server.square.call(self.path[1:], said, self.headers["Authorization"])  # type: ignore[attr-defined]
        except (Cut, Lost):
            self.close_connection = True
            return
        answer = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, square: Square) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.square, self.lock = square, threading.Lock()

    def handle_error(self, *_: Any) -> None:
        """Whoever was killed does not read its answer."""


@dataclass
class HttpLine:
    """Who hangs up tells nobody whether it did something first; only a connection that never stood is certain."""

    client: httpx.AsyncClient = field(repr=False)

    async def __call__(self, what: str, said: dict[str, Any], token: str) -> Answer:
        try:
            answer = await self.client.post(f"/{what}", json=said, headers={"Authorization": token})
        except httpx.ConnectError as error:
            raise Cut from error
        except httpx.HTTPError as error:
            raise ConnectionError from error
        return answer.status_code, answer.json() if answer.content else {}


@dataclass
class MemoryHttpStage(MemoryStage):
    server: Server = field(init=False, repr=False)
    clients: list[httpx.AsyncClient] = field(default_factory=list, repr=False)
    connects_by: str = __name__

    def __post_init__(self) -> None:
        self.server = Server(self.square)
        super().__post_init__()

    @property
    def environment(self) -> dict[str, str]:
        return {"MEMORY_URL": f"http://127.0.0.1:{self.server.server_port}", "MEMORY_TOKEN": TOKEN}

    def _connected(self) -> tuple[Network, Source]:
        self.clients.append(httpx.AsyncClient(base_url=self.environment["MEMORY_URL"], timeout=10))
        line = HttpLine(self.clients[-1])
        return MemoryNetwork(line, TOKEN, self.abilities), MemorySource(line, TOKEN)


def connect(_settings: object, _purse: object) -> Connected:
    """As bot/networks/NAME does, in a process of its own."""
    client = httpx.AsyncClient(base_url=os.environ["MEMORY_URL"], timeout=10)
    line, token = HttpLine(client), os.environ["MEMORY_TOKEN"]
    return Connected(MemoryNetwork(line, token, EVERYTHING), MemorySource(line, token), close=client.aclose)


@asynccontextmanager
async def opened() -> AsyncIterator[MemoryHttpStage]:
    stage = MemoryHttpStage()
    serving = threading.Thread(target=stage.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield stage
    finally:
        for client in stage.clients:
            await client.aclose()
        stage.server.shutdown()
        stage.server.server_close()


scene = Scene("memory_http", EVERYTHING, WHOLE, opened)

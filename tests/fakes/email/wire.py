"""A line to a mail server that can be cut, held and bent; everything else goes through untouched, but for the offer to encrypt it."""

import asyncio
from contextlib import suppress
from typing import Self

from tests.networks.contract.stage import Fault

END_OF_MAIL = b"\r\n.\r\n"


class Wire:
    """`faults` wait for the next connections. What it may not read it could not bend: so nobody is offered STARTTLS."""

    def __init__(self, port: int, kind: str) -> None:
        self.to, self.kind, self.host = port, kind, "127.0.0.1"
        self.hides = [b" STARTTLS", b"250-STARTTLS\r\n"]  # what the server offers and nobody hears of
        self.never_pushes = False
        self.faults: list[Fault] = []
        self.open: set[asyncio.StreamWriter] = set()
        self.down = self.up = self.entered = 0  # bytes towards us, bytes from us, connections

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._connected, self.host, 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        for writer in list(self.open):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.entered += 1
        self.open.add(writer)
        lost = False
        if self.faults and (self.faults[0] is not Fault.LOST or self.kind == "smtp"):
            fault = self.faults.pop(0)
            lost = fault is Fault.LOST
            if not lost:
                await self._refuse(fault, reader, writer)
                return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        self.open.add(to_server)
        down = asyncio.create_task(self._down(from_server, writer))
        try:
            await self._up(reader, to_server, writer, from_server, down, lost=lost)
        finally:
            down.cancel()
            for one in (writer, to_server):
                self.open.discard(one)
                one.transport.abort()

    async def _refuse(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Before anything has been done."""
        said = {
            ("smtp", Fault.BUSY): b"421 4.3.2 too many connections, try again later\r\n",
            ("smtp", Fault.BROKEN): b"451 4.3.0 internal error\r\n",
            ("imap", Fault.BUSY): b"* BYE [UNAVAILABLE] try again later\r\n",
            ("imap", Fault.BROKEN): b"* OK ready\r\n",
        }.get((self.kind, fault), b"")
        with suppress(OSError):
            writer.write(said)
            await writer.drain()
            if (self.kind, fault) == ("imap", Fault.BROKEN):
                tag = (await reader.readline()).partition(b" ")[0]
                writer.write(tag + b" NO [SERVERBUG] internal error\r\n")
                await writer.drain()
            writer.close()
        self.open.discard(writer)

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                self.down += len(data)
                if self.never_pushes and data.startswith(b"* ") and b" EXISTS" in data and b" OK " not in data:
                    continue
                for hidden in self.hides:
                    data = data.replace(hidden, b"")
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    async def _up(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ours: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        down: "asyncio.Task[None]",
        *,
        lost: bool,
    ) -> None:
        """With `lost`, what the server says to the end of a mail never reaches us."""
        last = b""
        with suppress(OSError):
            while data := await reader.read(65_536):
                self.up += len(data)
                last = (last + data)[-5:]
                ends = lost and last == END_OF_MAIL
                if ends:
                    down.cancel()
                    await asyncio.wait([down])
                writer.write(data)
                await writer.drain()
                if ends:
                    await answers.readline()
                    return

"""Mail's stage: a real Dovecot and a real Postfix, a mailbox of its own for each test, and a wire to both that can be bent."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from bot.networks.email import KIND, connect
from bot.networks.email.fetching import Fetched
from bot.networks.email.header import Header
from bot.networks.email.reading import external_id
from bot.settings import read_settings
from handlers.networks import Connected, Network, Source
from tests.fakes.email.wire import Wire
from tests.networks.contract.stage import Fault, Scene, Seen
from tests.servers.mail import NOTICES, MailServer, customers, missing, numbers, ours, shared

_letters = itertools.count(1)


class MailStage:
    """Customers write by LMTP, as every mail arrives in the end; what we sent is read in their own mailboxes."""

    def __init__(self, server: MailServer, imap: Wire, smtp: Wire) -> None:
        self.server, self.imap, self.smtp = server, imap, smtp
        self.number = next(numbers)
        self.us, self.customers = ours(self.number), customers(self.number)
        self.password = server.users[self.us]
        self.said: dict[str, str] = {}  # Message-ID → our id of it
        self.secrets = (self.password,)
        self.environment = {
            "EMAIL_IMAP_URL": server.imap_url(self.us, port=imap.port),
            "EMAIL_SMTP_URL": server.smtp_url(self.us, port=smtp.port),
            "EMAIL_ADDRESS": f"Meridia <{self.us}>",
        }
        self.open: list[Connected] = []
        self.network, self.source = self._connected()

    def _connected(self) -> tuple[Network, Source]:
        one = connect(read_settings(_env_file=None, **self.environment), None)  # type: ignore[arg-type]
        self.open.append(one)
        assert one.network and one.source
        return one.network, one.source

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = True) -> str:
        return await self._write(f"{customer.title()} <{self.customers[customer]}>", text, to)

    async def _write(self, sender: str, text: str, to: str | None = None) -> str:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, self.us, "Re: Hello" if to else "Hello"
        message["Date"], message["Message-ID"] = datetime.now(UTC), f"<{next(_letters)}.{self.number}@customer.test>"
        if to:  # as programs do that know of no References
            message["In-Reply-To"] = f"<{to.partition('#')[0]}>"
        message.set_content(text)
        whole = message.as_bytes()
        await asyncio.to_thread(self.server.deliver, whole, self.customers["anna"], self.us)
        header = Header(whole.partition(b"\n\n")[0])
        self.said[header.message_id] = external_id(Fetched(0, datetime.now(UTC)), header)
        return self.said[header.message_id]

    async def edit(self, external_id: str, text: str) -> None:
        raise NotImplementedError("nobody edits a mail")

    async def take_away(self, external_id: str) -> None:
        raise NotImplementedError("nobody takes a mail back")

    async def say_as_us(self, text: str) -> str:
        return await self._write(f"Meridia <{self.us}>", text)

    async def say_as_impostor(self, text: str) -> str:
        return await self._write(f'"{self.us}" <{self.us.replace("brand", "customer")}>', text)

    async def garble(self) -> None:
        await asyncio.to_thread(self.server.deliver, b"Subject: nobody wrote this\n\n?\n", "", self.us)

    async def ours(self) -> Sequence[Seen]:
        found = await asyncio.to_thread(self._delivered)
        return [seen for _, seen in sorted(found, key=lambda one: one[0])]

    def _delivered(self) -> list[tuple[datetime, Seen]]:
        found = []
        for address in self.customers.values():
            with self.server.opened(address) as client:
                client.select_folder("INBOX", readonly=True)
                for one in client.fetch(client.search("ALL"), ["INTERNALDATE", "BODY.PEEK[]"]).values():
                    found.append((one[b"INTERNALDATE"], self._seen(one[b"BODY[]"])))
        return found

    def _seen(self, whole: bytes) -> Seen:
        message = BytesParser(policy=default).parsebytes(whole)
        text = message.get_content().replace("\r\n", "\n")
        return Seen(str(message["Message-ID"])[1:-1], text, self.said.get(str(message["In-Reply-To"])[1:-1]), private=True)

    async def fault(self, fault: Fault, times: int = 1) -> None:
        if fault is Fault.DEAD_TOKEN:
            now = self.password if times == 0 else "another"
            self.server.let_in(self.server.users | {self.us: now})
            await asyncio.sleep(NOTICES)
        for wire in (self.imap, self.smtp):
            wire.faults = [fault] * times if fault is not Fault.DEAD_TOKEN else []
            wire.cut()
        await asyncio.sleep(0.05)

    async def close(self) -> None:
        for one in self.open:
            assert one.close
            await one.close()


@asynccontextmanager
async def opened() -> AsyncIterator[MailStage]:
    server = shared()
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(server.ports[name], kind)) for name, kind in (("imap", "imap"), ("plain", "smtp"))]
        stage = MailStage(server, *wires)
        try:
            yield stage
        finally:
            await stage.close()


scene = Scene("email", KIND.abilities, KIND.hearing, opened, missing=missing())

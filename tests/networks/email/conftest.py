"""A mailbox of one's own on a real mail server."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.networks.email import connect
from bot.settings import read_settings
from handlers.networks import Connected, Heard, News, Reply
from handlers.ports import Mention
from tests.servers.mail import MailServer, customers, missing, numbers, ours, shared

PAYLOADS = Path(__file__).parent.parent / "payloads" / "email"


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.eml").read_bytes()


def mail(text: str, sender: str = "anna@customer.test", number: object = 0) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "help@brand.test", "Hello"
    message["Date"], message["Message-ID"] = datetime.now(UTC), f"<{number}.{time.time_ns()}@customer.test>"
    message.set_content(text)
    return message


@dataclass
class Desk:
    """Ours: the mailbox `us`, and the customers around it."""

    server: MailServer
    number: int
    open: list[Connected] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.us, self.customers = ours(self.number), customers(self.number)
        self.anna = self.customers["anna"]

    def connected(self, imap: str | None = None, smtp: str | None = None, address: str | None = None, **more: str) -> Connected:
        given = {
            "EMAIL_IMAP_URL": imap or self.server.imap_url(self.us),
            "EMAIL_SMTP_URL": smtp or self.server.smtp_url(self.us),
            "EMAIL_ADDRESS": address or f"Meridia <{self.us}>",
            **more,
        }
        self.open.append(connect(read_settings(_env_file=None, **given), None))  # type: ignore[arg-type]
        return self.open[-1]

    def put(self, *mails: bytes) -> None:
        self.server.put(self.us, list(mails))

    def inbox(self, user: str) -> list[bytes]:
        with self.server.opened(user) as client:
            client.select_folder("INBOX", readonly=True)
            return [one[b"BODY[]"] for _, one in sorted(client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).items())]

    def arrived(self, user: str, within: float = 15) -> bytes:
        deadline = time.monotonic() + within
        while not (found := self.inbox(user)):
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.1)
        return found[-1]

    async def close(self) -> None:
        for one in self.open:
            if one.close:
                await one.close()


@pytest.fixture
async def desk() -> Iterator[Desk]:
    if reason := missing():
        pytest.skip(reason)
    one = Desk(shared(), next(numbers))
    yield one
    await one.close()


async def everything(source, cursor: str | None = None) -> tuple[list[News], str]:
    """All pages."""
    news: list[News] = []
    while True:
        heard: Heard = await source.since(cursor)
        news += heard.news
        cursor = heard.cursor
        if not heard.more:
            return news, cursor


def reply_to(mention: Mention, text: str = "Your data is safe.", token: str = "0650f1c2d3") -> Reply:
    return Reply(token, text, "en", True, mention.external_id, mention.conversation_id, mention.customer, mention.context)

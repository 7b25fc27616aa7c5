"""Keeps a copy of what we sent where people look for it, and finds it there again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.imapclient import ALL, SEEN, SENT

from bot.networks.email.mailbox import Line, Mailbox
from bot.networks.email.place import Place

FILING = 6.0  # seconds
_GMAIL = "X-GM-EXT-1"  # it keeps what was sent through it by itself


@dataclass(frozen=True)
class Files:
    """Each time a connection of its own: a reply is not made to wait for a mailbox that is being read."""

    place: Place

    async def file(self, message_id: str, message: bytes) -> None:
        """Unless it is there already. Raises a SendError."""
        mailbox = Mailbox(self.place)
        try:
            await mailbox.ask(lambda line: _file(line, message_id, message), again=False, within=FILING)
        finally:
            await mailbox.close()

    async def has(self, message_id: str) -> bool:
        mailbox = Mailbox(self.place)
        try:
            return await mailbox.ask(lambda line: _has(line, message_id))
        finally:
            await mailbox.close()


def _file(line: Line, message_id: str, message: bytes) -> None:
    client = line.client()
    folder = client.find_special_folder(SENT)
    if folder is None or client.has_capability(_GMAIL) or _holds(line, folder, message_id):
        return
    client.append(folder, message, (SEEN,), datetime.now(UTC))


def _has(line: Line, message_id: str) -> bool:
    folders = (line.client().find_special_folder(flag) for flag in (SENT, ALL))
    return any(_holds(line, folder, message_id) for folder in folders if folder is not None)


def _holds(line: Line, folder: str, message_id: str) -> bool:
    line.client().select_folder(folder, readonly=True)
    return bool(line.client().search(["HEADER", "Message-ID", f"<{message_id}>"]))

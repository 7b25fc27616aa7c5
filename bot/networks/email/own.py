"""Who we are by mail, and the ids of what we write."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cached_property
from hashlib import blake2b

from bot.networks.email.header import Author

_CONVERSATION = re.compile(r"[0-9a-f]{20}")
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Own:
    """`sender` is what customers see (`Meridia <help@example.com>`)."""

    sender: str

    @cached_property
    def address(self) -> str:
        return parseaddr(self.sender)[1].lower()

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def is_us(self, author: Author) -> bool:
        return author.address == self.address

    def is_of_our_house(self, author: Author) -> bool:
        """An address of our own domain, or of a part of it."""
        domain = author.address.rpartition("@")[2]
        return domain == self.domain or domain.endswith(f".{self.domain}")

    def message_id(self, token: str, conversation_id: str) -> str:
        """The same at every attempt. It names its conversation: many mail programs cut References down to the last id, ours."""
        mark = token if _SAFE.fullmatch(token) else digest(token)
        conversation = conversation_id if _CONVERSATION.fullmatch(conversation_id) else digest(conversation_id)
        return f"{mark}.{conversation}@{self.domain}"

    def conversation(self, message_id: str) -> str | None:
        """Which conversation a reply of ours belonged to; None for what is none of ours."""
        local, _, domain = message_id.rpartition("@")
        mark, dot, conversation = local.rpartition(".")
        ours = domain.lower() == self.domain and dot and _SAFE.fullmatch(mark) and _CONVERSATION.fullmatch(conversation)
        return conversation if ours else None


def digest(text: str) -> str:
    """Twenty signs that stand for a text of any length."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=10).hexdigest()

"""Which account of ours is spoken of, and how what is said to it is put together as conversations."""

from dataclasses import dataclass

FACEBOOK, INSTAGRAM = "facebook", "instagram"


@dataclass(frozen=True)
class Account:
    """`id` is the page's, or that of the Instagram account, which speaks and listens by the page that it is linked to."""

    network: str
    id: str
    page_id: str

    @property
    def platform(self) -> str:
        """As the Conversations API calls it."""
        return "messenger" if self.network == FACEBOOK else INSTAGRAM

    def is_ours(self, account_id: object) -> bool:
        return str(account_id) in {self.id, self.page_id}


def thread(below: str, top: str) -> str:
    """A conversation in public: what stands below one top-level comment of a post or a medium."""
    return f"{below}:{top}"


def direct(customer_id: str) -> str:
    """A conversation in private: everything between us and one person."""
    return f"messages:{customer_id}"

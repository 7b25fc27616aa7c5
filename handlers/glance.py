"""What a message that somebody has just clicked should show at this moment, told from where its case's cards stand."""

from dataclasses import dataclass

from handlers import cards
from handlers.ports import Card
from handlers.shelf import Shelf
from storage import cases
from storage.database import Store


@dataclass(frozen=True)
class Glance:
    """Reading only, for a person who has just acted on the case."""

    store: Store
    shelf: Shelf

    async def at(self, case_id: int, workspace: str, message_id: str) -> Card | None:
        """The case's card where it stands now, a pointer where it stood before; None for a message that is not known (yet)."""
        async with self.store.read() as work:
            posts = (await cases.posts_of(work, [case_id])).get(case_id, [])
            here = [post for post in posts if (post.workspace, post.message_id) == (workspace, message_id)]
            view = await cards.load(work, self.shelf, case_id) if here else None
        if view is None:
            return None
        return cards.case_card(view) if here[-1].current else cards.pointer_card(view.case)

    async def of(self, case_id: int) -> Card | None:
        """The case's card, for a message of one person's own."""
        async with self.store.read() as work:
            view = await cards.load(work, self.shelf, case_id)
        return cards.case_card(view) if view else None

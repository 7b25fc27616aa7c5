"""What a door has learnt and must know again after a restart: addresses and ids, nothing that somebody wrote."""

import json
from dataclasses import dataclass
from typing import Any

from storage import mentions
from storage.database import Store


@dataclass(frozen=True)
class Known:
    store: Store

    async def recall(self, door: str) -> dict[str, Any]:
        async with self.store.read() as work:
            kept = await mentions.cursor(work, _name(door))
        found = json.loads(kept) if kept else {}
        return found if isinstance(found, dict) else {}

    async def keep(self, door: str, learnt: dict[str, Any]) -> None:
        """Written only where it is not known yet."""
        position = json.dumps(learnt, sort_keys=True)
        async with self.store.begin() as work:
            if await mentions.cursor(work, _name(door)) != position:
                await mentions.move_cursor(work, _name(door), position)
                await work.commit()


def _name(door: str) -> str:
    return f"{door}:known"

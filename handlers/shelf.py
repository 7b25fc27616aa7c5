"""The FLOWs by which cases live: new cases take the present one, a case keeps the one that it started with."""

import json
from dataclasses import dataclass, field

from flows.flow import Flow
from storage import snapshots
from storage.cases import Case
from storage.database import Work


@dataclass(frozen=True)
class Shelf:
    """`present` serves new cases. Older ones are read from their snapshots once, and kept."""

    present: Flow
    _older: dict[str, Flow] = field(default_factory=dict, repr=False)

    async def keep(self, work: Work) -> None:
        """Remember the present FLOW for as long as a case lives by it."""
        await snapshots.keep(work, self.present.digest, self.present.name, self.present.version, json.loads(self.present.as_snapshot()))

    async def of(self, work: Work, case: Case) -> Flow:
        """The FLOW that the case started with."""
        return await self.kept(work, case.flow_digest)

    async def kept(self, work: Work, digest: str | None) -> Flow:
        """By the digest that a case remembers."""
        if digest is None or digest == self.present.digest:
            return self.present
        if digest not in self._older:
            snapshot = await snapshots.of(work, digest)
            self._older[digest] = Flow.from_snapshot(json.dumps(snapshot)) if snapshot else self.present
        return self._older[digest]

"""The accounts that write to us: one row per (network, external id)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import customers

KINDS = ("unknown", "affected", "not_affected", "vulnerable", "press", "regulator", "employee", "business")


async def upsert(work: Work, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int, str]]:
    """(network, external id) → (id, kind). A kind that a person set stays, else a known one replaces `unknown`; what is not said stays."""
    if not rows:
        return {}
    new = work.insert(customers)
    c, said = customers.c, new.excluded
    kind = sa.case((c.kind_set_by.is_not(None), c.kind), (said.kind == "unknown", c.kind), else_=said.kind)
    told = {name: sa.case((said[name] == "", c[name]), else_=said[name]) for name in ("handle", "name")}
    newer = {**told, "reach": sa.case((said.reach == 0, c.reach), else_=said.reach), "kind": kind}
    upserted = new.on_conflict_do_update(index_elements=["network", "external_id"], set_=newer)
    found = await work.execute(
        upserted.returning(c.network, c.external_id, c.id, c.kind), sorted(rows, key=lambda r: (r["external_id"], r["network"]))
    )
    return {(row.network, row.external_id): (row.id, row.kind) for row in found}


async def set_kind(work: Work, customer_id: int, kind: str, person_id: int) -> None:
    await work.execute(sa.update(customers).where(customers.c.id == customer_id).values(kind=kind, kind_set_by=person_id))


async def get(work: Work, customer_id: int) -> sa.Row[Any]:
    return (await work.execute(sa.select(customers).where(customers.c.id == customer_id))).one()


async def find(work: Work, network: str, name: str) -> sa.Row[Any] | None:
    """By handle (with or without @) or external id."""
    handle = sa.func.lower(customers.c.handle)
    bare = name.strip().lstrip("@").lower()
    query = sa.select(customers).where(
        customers.c.network == network, sa.or_(handle.in_((bare, f"@{bare}")), customers.c.external_id == name)
    )
    return (await work.execute(query)).first()


async def link(work: Work, customer_id: int, same_as: int) -> None:
    """Both accounts belong to one person, whose root is the account known first."""
    roots = sa.select(sa.func.coalesce(customers.c.linked_to, customers.c.id)).where(customers.c.id.in_((customer_id, same_as)))
    both = set((await work.execute(roots)).scalars())
    root = min(both)
    group = customers.c.id.in_(both) | customers.c.linked_to.in_(both)
    await work.execute(sa.update(customers).where(group, customers.c.id != root).values(linked_to=root))


async def linked(work: Work, customer_id: int) -> Sequence[sa.Row[Any]]:
    """The other accounts of the same person."""
    root = sa.select(sa.func.coalesce(customers.c.linked_to, customers.c.id)).where(customers.c.id == customer_id).scalar_subquery()
    query = sa.select(customers).where((customers.c.linked_to == root) | (customers.c.id == root), customers.c.id != customer_id)
    return (await work.execute(query)).all()

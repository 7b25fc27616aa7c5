"""The rows of a table, as they stand."""

import sqlalchemy as sa

from storage.database import Store


async def rows_of(store: Store, table: sa.Table) -> list[sa.Row]:
    async with store.read() as work:
        return list(await work.execute(sa.select(table).order_by(*table.primary_key.columns)))

"""Runs the migrations on the connection that storage.migrate hands over."""

from typing import Any

from alembic import context

from storage.tables import metadata
from storage.types import Instant


def _render(kind: str, value: object, autogen: Any) -> Any:
    """Write our own column types by their own name."""
    if kind == "type" and isinstance(value, Instant):
        autogen.imports.add("from storage.types import Instant")
        return "Instant()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

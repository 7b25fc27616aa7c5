"""Runs the migrations on the connection that storage.migrate hands over."""

import warnings
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


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The indexes of words on SQLite are tables of its own making; those of expressions are described in their migration alone."""
    if kind == "index":
        return name not in ("ix_customers_handle", "ix_mentions_words", "ix_versions_words")
    return kind != "table" or not (name or "").startswith(("mention_words", "version_words"))


warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    include_name=_is_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

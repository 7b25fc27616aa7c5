"""What the docs show, printed from the code itself."""

import json

from bot.wire import schema
from handlers.acts import NEEDS_SECOND_FACTOR, ROLES

_ALL_ROLES = ("agent", "lead", "legal", "manager", "marketing", "admin", "dpo", "security", "press_officer")


def acts_by_roles() -> str:
    """The table of acts × roles in Markdown."""
    head = f"| act | {' | '.join(_ALL_ROLES)} |\n|---|{'---|' * len(_ALL_ROLES)}"
    rows = [f"| {act} | {' | '.join('yes' if role in roles else '' for role in _ALL_ROLES)} |" for act, roles in ROLES.items()]
    second = ", ".join(role for role in _ALL_ROLES if role in NEEDS_SECOND_FACTOR)
    return "\n".join([head, *rows, "", f"Second factor on the console: {second}."])


def mention_schema() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False)

"""Writes what the code says of itself into README.md and docs/: `python -m tests.docs`, or `make docs`."""

import re
from pathlib import Path

from bot import matrix, parity
from bot.terminal.commands import DESCRIPTIONS

EVERY = {**DESCRIPTIONS, "abilities": parity.table, "networks": matrix.table}
DOCS = Path(__file__).parent.parent / "docs"
PART = re.compile(r"(<!-- python app\.py describe (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fresh(text: str) -> str:
    """The page with every part that comes from the code written anew."""
    return PART.sub(lambda part: f"{part[1]}\n{_fenced(EVERY[part[2]]())}\n\n{part[3]}", text)


def _fenced(said: str) -> str:
    return f"```json\n{said}\n```" if said.startswith("{") else said


def pages() -> list[Path]:
    return [page for page in (DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))) if PART.search(page.read_text(encoding="utf-8"))]


def main() -> None:
    for page in pages():
        page.write_text(fresh(page.read_text(encoding="utf-8")), encoding="utf-8")
        print(page.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()

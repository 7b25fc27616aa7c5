"""Every word a person reads. The only module that knows Jinja2."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES = ("en", "es", "fr")
_here = Path(__file__).parent
FONTS = _here / "fonts"  # the letters of our pictures: a small container has none
_environment = Environment(loader=FileSystemLoader(_here), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - plain text; pages have their own


def say(name: str, language: str, /, **facts: object) -> str:
    """Render the macro `topic.macro` in one language, English for languages that we do not speak: say("case.moved", "es", number=7)."""
    topic, macro = name.split(".")
    return str(getattr(sheet(topic, language if language in LANGUAGES else "en"), macro)(**facts)).strip()


@cache
def sheet(topic: str, language: str) -> ModuleType:
    """The messages of one topic in one language."""
    return cast("ModuleType", _environment.get_template(f"{language}/{topic}.j2").module)  # what Jinja2 makes behaves like one


@cache
def _marked_up(folder: str) -> Environment:
    return Environment(
        loader=FileSystemLoader(_here / folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True
    )


def page(name: str, values: Mapping[str, object]) -> str:
    """Render a page or a part of one (pages/NAME) as HTML; every value is escaped unless it is Markup."""
    return _marked_up("pages").get_template(name).render(values)


def picture(name: str, values: Mapping[str, object]) -> str:
    """Fill a drawing in as SVG; every value is escaped."""
    return _marked_up("pictures").get_template(name).render(values)

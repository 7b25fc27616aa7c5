"""What somebody filled into a form, field by field; every value is a string, as doors have them. Pure."""

from collections.abc import Mapping, Sequence

from handlers.errors import BadInput

Said = Mapping[str, Sequence[str]]


def one(said: Said, field: str) -> str:
    """The one value of a field, "" when nothing was filled in."""
    values = said.get(field, ())
    return values[0].strip() if values else ""


def needed(said: Said, field: str) -> str:
    value = one(said, field)
    if not value:
        raise BadInput(field=field, problem="empty")
    return value


def whole(text: str, field: str) -> int:
    """A number such as 7 or #7."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise BadInput(field=field, problem="no_number")
    return int(digits)

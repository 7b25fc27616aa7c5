"""Logs as one JSON line per event, on standard error. What is said to people goes to standard output.

A log is read by many, copied far and kept long: no word of a customer, no handle and no draft may stand in it. So it keeps codes, numbers
and where in the code something went wrong, but neither what an exception says nor what a vendor answered: that stays with its row.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any

import structlog

from handlers.customer_text import masked
from handlers.errors import SendError

# their messages name things of the code; all others may repeat the value that they are about
_OF_THE_CODE = (AttributeError, NameError, ImportError, TypeError, NotImplementedError, RecursionError)
_CODE = re.compile(r"[\w.:/#\-]{1,120}", re.ASCII)
_LANE = re.compile(r"[\w.:/#@\-]{1,120}", re.ASCII)
# what could stand for a person or open a door, though it is written like a code: long numbers (cards, phones), accounts, tokens
_TELLING = re.compile(
    r"(?<![A-Za-z0-9])(?:\d[-./]?){9,}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:-?[A-Z0-9]){11,30}(?![A-Za-z0-9])"
    r"|\b(?:xox[a-z]-|xapp-|whsec_|sk_|pk_|gh[a-z]_|eyJ)"
)
_QUOTES = re.compile(r"[\"'`“«<({\[]|\n|: ")  # from here on a library repeats what it was given
_OURS = ("event", "level", "timestamp", "exception", "request", "click", "turn", "reference")  # made by us, never given
_ERRNO = 10_000


def load_logging(*, alone: bool = True) -> None:
    """Our own events from info up, other libraries' from warning up. `alone`: the process is ours, and so is what ends it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Terse("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is still at work is meant to be skipped
    if alone:
        logging.raiseExceptions = False  # a line that cannot be written would be repeated whole, with what it quotes
        sys.excepthook = _uncaught
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_place,
            _codes_only,
            _as_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever standard error is by then
        cache_logger_on_first_use=False,
    )


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode  # made once: json.dumps makes one for every line


def _as_line(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    return _encode(event)


def _with_place(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """`exc_info` becomes where it happened."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    return {**event, "exception": told(error)} if error else event


def _codes_only(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value if name in _OURS else _kept(name, value) for name, value in event.items()}


def _kept(name: str, value: Any) -> Any:
    match value:
        case str():
            fits = _LANE.fullmatch(value) if name == "lane" else _CODE.fullmatch(value) and not _TELLING.search(value)
            return f"({len(value)} characters)" if value and not fits else masked(value) if name == "reason" else value
        case list() | tuple() | set():
            return [_kept(name, one) for one in value]
        case None | bool() | int() | float():
            return value
    return f"({type(value).__name__})"


def told(error: BaseException) -> str:
    """Where it was raised, and of which kind it and its causes are; the first cause first."""
    return "\n".join(f"{''.join(traceback.format_tb(one.__traceback__))}{_kind(one)}" for one in reversed(list(_causes(error))))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    next_: BaseException | None = error
    while next_ is not None and id(next_) not in seen:
        seen.add(id(next_))
        yield next_
        next_ = next_.__cause__ or (None if next_.__suppress_context__ else next_.__context__)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, BaseExceptionGroup):
        return "\n".join([name, *(told(one) for one in error.exceptions)])
    said = _safe(error)
    return f"{name}: {said}" if said else name


def _safe(error: BaseException) -> str:
    """What can be said of it without repeating anybody's words."""
    if isinstance(error, _OF_THE_CODE):
        return "" if _TELLING.search(str(error)) or "@" in str(error) else str(error)
    if isinstance(error, SendError):
        return str(_kept("reason", error.reason))
    origin = getattr(error, "orig", error)  # the database driver's own error, inside SQLAlchemy's
    state = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    if state:
        return str(_kept("state", str(state)))
    return f"errno {error.errno}" if isinstance(error, OSError) and isinstance(error.errno, int) and error.errno < _ERRNO else ""


class Terse(logging.Formatter):
    """A library's line up to where it begins to quote, its exception as `told` tells it."""

    def format(self, record: logging.LogRecord) -> str:
        said = _QUOTES.split(str(record.msg), maxsplit=1)[0].strip()[:200]
        line = f"{record.levelname} {record.name} {said}"
        error = record.exc_info[1] if record.exc_info else None
        return f"{line}\n{told(error)}" if error else line


def _uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    print(told(error), file=sys.stderr)  # noqa: T201 - the process ends with it

"""Texts as Teams takes them: rich text, which parses nothing, and where a moment or a call stands in a line Markdown, all of it escaped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.teams.access import NAME
from bot.voice import Call, Escape, Moment, bare, calm, cut, speak
from handlers.customer_text import plain
from handlers.ports import Called, CustomerText, Words

Json = dict[str, Any]
Accounts = Mapping[str, str]  # account in Entra → the id that Teams calls people by
_OPEN, _SHUT = "\ue000", "\ue001"  # of Unicode's private area: they mark a moment or somebody called until it becomes one
_MARKED = re.compile(f"{_OPEN}([^{_SHUT}]*){_SHUT}")
_ACCOUNT = re.compile(r"[0-9a-fA-F-]{36}|(?:8|29):[\w.:-]{1,200}")
_KEPT = "\ue002"  # keeps a command in a fact from being taken for one of ours
_COMMAND = re.compile(r"/crisis(?:-(?=[a-z]))?")
_TWICE = re.compile(r" \(\w+ /crisis-status\)|\s?; /crisis-digest [^)]*")  # the other name of a command, of which here is none
# No more than what could begin something: some phones show the backslash (https://github.com/MicrosoftDocs/msteams-docs/issues/5793)
_MARKDOWN = re.compile(r"\\|[*`]|~(?=~)|(?<![^\W_])_|_(?![^\W_])|\](?=[(:\[])|<(?=[/!?a-zA-Z])|&(?=[#\w])")
_BLOCK = re.compile(r"^(?:(?=>|[-+](?:\s|$)|#{1,6}(?:\s|$)|-[\s-]*$)|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE)  # where a line begins
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_FUNCTION = re.compile(r"\{(?=\{)|\$(?=\{)")  # {{DATE(…)}}, and ${…} of templates


def _spoken(words: Words, language: str, escape: Escape, moment: Moment, call: Call | None = None) -> str:
    """Our words name commands as they are typed elsewhere; here one speaks to the bot. What a fact says stays as it is."""

    def kept(text: str) -> str:
        return escape(text).replace("/crisis", f"/{_KEPT}crisis")

    return _COMMAND.sub(_as_called, _TWICE.sub("", speak(words, language, kept, moment, call))).replace(_KEPT, "")


def _as_called(command: re.Match[str]) -> str:
    return "@Tocsin " if command[0].endswith("-") else "@Tocsin"


def plain_words(words: Words, language: str, most: int) -> str:
    """For what shows its text as it is: labels, titles of windows, notifications. Never empty."""
    return cut(_spoken(words, language, calm, _date_plainly), most) or "-"


@dataclass(frozen=True)
class Line:
    """What is said on one line, in pieces: what is shown as it is, moments, and whoever is called."""

    pieces: tuple[str | datetime | Called, ...]

    @classmethod
    def of(cls, words: Words, language: str, escape: Escape = bare) -> "Line":
        kept: list[datetime | Called] = []

        def mark(one: datetime | Called) -> str:
            kept.append(one)
            return f"{_OPEN}{len(kept) - 1}{_SHUT}"

        said = _MARKED.split(_spoken(words, language, escape, mark, mark))
        return cls(tuple(kept[int(piece)] if index % 2 else piece for index, piece in enumerate(said) if index % 2 or piece))

    def __len__(self) -> int:
        return sum(len(piece) for piece in self.pieces if isinstance(piece, str))

    def cut(self, most: int) -> "Line":
        """At most so many characters of what is shown as it is."""
        shown: list[str | datetime | Called] = []
        for piece in self.pieces:
            if most <= 0:
                break
            shown.append(cut(piece, most) if isinstance(piece, str) else piece)
            most -= len(piece) if isinstance(piece, str) else 0
        return replace(self, pieces=tuple(shown))

    def mentions(self, accounts: Accounts) -> list[Json]:
        """Whoever is called, and whom Teams knows: what makes it ring for them."""
        called = [_called(piece, accounts) for piece in self.pieces if isinstance(piece, Called)]
        return [
            {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": account, "name": name}}
            for name, account in called
            if account
        ]

    def element(self, accounts: Accounts, style: Mapping[str, object], place: Mapping[str, object]) -> Json:
        """`style` of its letters, `place` of the whole. Teams shows a moment in the reader's own zone, and rings for whoever is called,
        only in a TextBlock (https://github.com/MicrosoftDocs/msteams-docs/issues/4489).
        """
        if all(isinstance(piece, str) for piece in self.pieces):
            return rich("".join(map(str, self.pieces)), style, place)
        text = _lines("".join(_markdown(piece, accounts) for piece in self.pieces))
        return {"type": "TextBlock", "text": text, "wrap": True, **style, **place}


def rich(text: str, style: Mapping[str, object], place: Mapping[str, object]) -> Json:
    """A text that is shown letter by letter."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": inert(text) or "-", **style}], **place}


def inert(text: str) -> str:
    """Nothing in it is a function of a card."""
    return _FUNCTION.sub("\\g<0>\u200b", text)


def quoted(text: CustomerText, most: int) -> str:
    """A customer's words; "" when there are none to see."""
    words = plain(CustomerText(bare(text.raw), text.whole), most)
    return words if words.strip() else ""


def escaped(text: str) -> str:
    """For Markdown (https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features): nothing begins in it."""
    return _lines(_inline(text))


def _inline(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", inert(text))


def _lines(text: str) -> str:
    """Where each line begins; one end of line alone would break none."""
    return _BLOCK.sub(r"\g<0>\\", _INDENT.sub("", text)).replace("\n", "\n\n")


def _markdown(piece: str | datetime | Called, accounts: Accounts) -> str:
    if isinstance(piece, datetime):
        at = piece.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{{{{DATE({at}, SHORT)}}}} {{{{TIME({at})}}}}"
    if isinstance(piece, Called):
        name, account = _called(piece, accounts)
        return f"<at>{name}</at>" if account else _inline(calm(piece.name))
    return _inline(piece)


def _called(called: Called, accounts: Accounts) -> tuple[str, str]:
    """(name without anything that Markdown reads, id that Teams calls them by): "" where it is not known, or can be none of Teams'."""
    account = called.accounts.get(NAME) or ""
    known = accounts.get(account, account)
    return re.sub(r"[^\w .,'’()-]", "", calm(called.name)).replace("_", " ").strip() or "-", known if _ACCOUNT.fullmatch(known) else ""


def _date_plainly(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

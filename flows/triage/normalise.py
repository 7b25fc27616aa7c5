"""One plain form of a customer's text, so that spelling tricks and accents neither hide nor invent anything."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HEAD, TAIL = 2_000, 500  # characters kept of a long text: the matter is at its beginning, the demand at its end

_LINK = re.compile(r"(?:https?://|www\.)\S+|\bhttps?\b")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,24}){1,4}|__email__")
_HANDLE = re.compile(r"@\w+")
_DIGIT = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"0{5,}")
_STRETCHED = re.compile(r"(\D)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]|_")
_FOREIGN_LETTER = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_LATIN_LETTER = re.compile(r"[a-z]")

# Letters of other alphabets that look Latin (Unicode's confusables, the lower-case ones met in real spam).
_LOOKALIKES = str.maketrans(
    "абвгдеёзіїјкмнопрстухѕԁһӏԛԝьαβεικνορτυχω",
    "a6brdeeziijkmhonpctyxsdhlqwbabeiknoptuxw",
)
_APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")  # noqa: RUF001 - these are the point


def shortened(text: str) -> str:
    """The beginning and the end of a long text: bounds the time of everything that follows."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


@lru_cache(maxsize=256)  # a few readers ask for each text of a batch in turn
def plain(text: str) -> str:
    """Shortened, no accents, no zero-width or direction marks, compatible forms unified, lower case; not yet cut into words."""
    short = shortened(text)
    if short.isascii():
        return short.lower()
    apart = unicodedata.normalize("NFKD", short.translate(_APOSTROPHES))[: HEAD + TAIL]  # one sign may unfold to eighteen
    return "".join(c for c in apart if c.isascii() or unicodedata.category(c) not in _MARKS).lower()


def readable(text: str, most: int) -> str:
    """The text as a sentence encoder should read it: accents kept, tricks, links and handles gone, `most` letters of it."""
    whole = unicodedata.normalize("NFC", text[:most].translate(_APOSTROPHES))
    seen = "".join(c for c in whole if c.isascii() or unicodedata.category(c) not in _INVISIBLE).lower()
    bare = _HANDLE.sub(" ", _ADDRESS.sub(" ", _LINK.sub(" ", seen)))
    return " ".join(_latin(word) for word in bare.split())


_INVISIBLE = frozenset({"Cf", "Cs", "Co", "Cn"})
_MARKS = _INVISIBLE | {"Mn", "Me"}


def _latin(word: str) -> str:
    mixed = _FOREIGN_LETTER.search(word) and _LATIN_LETTER.search(word)
    return word.translate(_LOOKALIKES) if mixed else word


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[str, ...]:
    """Words, single signs and emoji of a text in its plain form; links, addresses, handles and figures are masked."""
    masked = _LINK.sub(" http ", plain(text))
    if "@" in masked or "__" in masked:
        masked = _HANDLE.sub(" @ ", _ADDRESS.sub(" mail@ ", masked))
    masked = _LONG_NUMBER.sub("00000", _DIGIT.sub("0", masked))
    masked = _STRETCHED.sub(r"\1\1", masked)
    found = _TOKEN.findall(masked)
    return tuple(found) if masked.isascii() else tuple(_latin(word) for word in found)


def normalised(text: str) -> str:
    """The plain form as one string with single spaces: what features, near-duplicates and clusters are made of."""
    return " ".join(tokens(text))

"""Bytes of a text part → letters, whatever its charset claims to be."""

import binascii
import codecs
import quopri
from base64 import b64decode
from contextlib import suppress

from charset_normalizer import from_bytes

_SAME = {"ascii": "cp1252", "iso8859-1": "cp1252"}  # as every browser and mail program reads them
# codecs of Python that are no charsets, or slow ones
_NEVER = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# of those that look alike only western Europe's: no guess tells "niño" from "nińo"
_GUESSES = ["cp1252", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "iso2022_jp"]
_GUESSED = 20_000  # bytes that are enough to guess by


def letters(raw: bytes, encoding: str, charset: str) -> str:
    """`encoding` is the Content-Transfer-Encoding. A part that was cut off keeps what can be read of it."""
    data = _unwrapped(raw, encoding.lower())
    named = _codec(charset)
    with suppress(UnicodeError):  # UTF-8 is never met by chance: it is right even where something else is claimed
        if named is None or named in _SAME.values() or named == "utf-8":
            return _whole(data).decode("utf-8-sig")
    for name in (named, _guess(data)):
        with suppress(UnicodeError, LookupError, ValueError):
            if name:
                return data.decode(name)
    return data.decode(named or "cp1252", errors="replace")


def _unwrapped(raw: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        clean = bytes(one for one in raw if one in _BASE64)
        with suppress(binascii.Error):
            return b64decode(clean[: len(clean) // 4 * 4])
        return raw
    return quopri.decodestring(raw) if encoding == "quoted-printable" else raw


_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def _codec(charset: str) -> str | None:
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return None if name in _NEVER else _SAME.get(name, name)


def _guess(data: bytes) -> str | None:
    best = from_bytes(data[:_GUESSED], cp_isolation=_GUESSES).best()
    return best.encoding if best else None


def _whole(data: bytes) -> bytes:
    """Without the beginning of a letter whose rest was cut off."""
    for back in range(1, min(4, len(data)) + 1):
        first = data[-back]
        if first & 0xC0 == 0xC0:
            size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
            return data[:-back] if back < size else data
        if first < 0x80:
            break
    return data

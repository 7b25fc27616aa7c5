"""Which addresses may be configured: encrypted, or no further than this machine, and without what would be a secret in a log."""

import re
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAILBOX = re.compile(r"[^<>@,;:\\\"\x00-\x1f]*<[^\s<>@,;:\\\"]{1,64}@[A-Za-z0-9.-]+>|[^\s<>@,;:\\\"]{1,64}@[A-Za-z0-9.-]+")


def is_mailbox(value: str) -> bool:
    """`help@example.com`, or with a name: `Meridia <help@example.com>`."""
    return bool(_MAILBOX.fullmatch(value))


def is_place(netloc: str) -> bool:
    """A host, and a port from 1 to 65535 if any."""
    try:
        place = urlsplit(f"//{netloc}")
        return bool(place.hostname) and place.username is None and place.port != 0 and netloc.isascii() and " " not in netloc
    except ValueError:
        return False


def is_safe_address(url: str) -> bool:
    return is_encrypted(url) and not urlsplit(url).query and not urlsplit(url).fragment


def is_encrypted(url: str) -> bool:
    """Or goes no further than this machine."""
    try:
        place = urlsplit(url)
    except ValueError:
        return False
    encrypted = place.scheme == "https" or (place.scheme == "http" and place.hostname in LOOPBACK)
    return encrypted and is_place(place.netloc) and url.isascii() and url.isprintable()

"""What a failure of the IMAP server means to whoever asked."""

import re
from datetime import timedelta
from imaplib import IMAP4

from imapclient.exceptions import CapabilityError, LoginError, ProtocolError

from bot.submission import untrusted
from handlers.errors import DoorClosed, SendError, TryLater

AWAY = timedelta(seconds=10)
BUSY = timedelta(seconds=60)
OVER_QUOTA = timedelta(minutes=10)  # Gmail shuts an account out for a while that reads too much
# RFC 5530 and RFC 9755 name them; others say it in words, or with a goodbye (BYE) for a greeting
_LATER = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|BYE |too many|try again|temporar", re.IGNORECASE)
# Exchange lets the application in, and then not into this mailbox (BAD to the first command)
_NOT_THIS_ONE = re.compile(r"authenticated but not connected", re.IGNORECASE)
_QUOTA = re.compile(r"\[(?:OVERQUOTA|THROTTLED)\]|bandwidth", re.IGNORECASE)


def imap_error(error: Exception) -> SendError:
    """No words of the server: they may quote what we sent."""
    said = str(error)
    if untrusted(error):
        return DoorClosed("certificate", whole=True)
    if isinstance(error, CapabilityError):
        return DoorClosed("not_offered", whole=True)
    if is_connection(error):
        return TryLater("timeout" if isinstance(error, TimeoutError) else "no_connection", AWAY)
    if _QUOTA.search(said) or _LATER.search(said):
        return TryLater("over_quota", OVER_QUOTA) if _QUOTA.search(said) else TryLater("busy", BUSY)
    # a password that the old LOGIN command cannot carry is a wrong one as well
    refused = isinstance(error, LoginError | UnicodeEncodeError) or _NOT_THIS_ONE.search(said)
    return DoorClosed("login_refused", whole=True) if refused else TryLater("not_understood", BUSY)


def is_connection(error: Exception) -> bool:
    """Whether the connection is what failed, and not what was said."""
    said = isinstance(error, ProtocolError | CapabilityError | LoginError)
    return isinstance(error, IMAP4.abort | OSError | EOFError) and not said

"""Who wrote a mail, to whom an answer goes, and whether one may go at all."""

from bot.networks.email.header import Author, Header
from bot.networks.email.own import Own
from handlers.ports import AUTOMATIC, LIST

_LIST = ("list-id", "list-post", "list-unsubscribe")
_MACHINE = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-mail-autoreply")
_POSTMASTERS = ("mailer-daemon", "postmaster")


def author(header: Header, own: Own) -> Author | None:
    """None for our own mails, and where nobody says who wrote.

    A form on our own pages, or a group of our own, writes from an address of ours for somebody else, whom Reply-To or X-Original-From
    names: that one is the customer. For everybody else the customer stays From: whoever answers elsewhere is asked there, and is not
    taken for somebody else because of it.
    """
    wrote = header.author("from") or header.author("sender") or header.author("return-path")
    if wrote is None or not own.is_of_our_house(wrote):
        return wrote
    stands_for = header.author("x-original-from") or header.author("reply-to")
    if stands_for and not own.is_of_our_house(stands_for):
        return Author(stands_for.address, stands_for.name or wrote.name)
    return None if own.is_us(wrote) else wrote


def answers_go_to(header: Header, wrote: Author, own: Own) -> str:
    """Reply-To, as its author asks (RFC 5322, 3.6.2); never to ourselves."""
    asked = header.author("reply-to")
    return asked.address if asked and not own.is_us(asked) else wrote.address


def no_answer(header: Header, wrote: Author, own: Own) -> str:
    """Why nobody waits for an answer, or a machine would answer it in turn (RFC 3834, 2)."""
    if _is_list(header) and not _is_our_own_list(header, own):
        return LIST
    return AUTOMATIC if _is_automatic(header, wrote, own) else ""


def _is_list(header: Header) -> bool:
    return any(header.has(name) for name in _LIST) or header.word("precedence") == "list"


def _is_our_own_list(header: Header, own: Own) -> bool:
    """Where our address is a group (Google Groups and the like), every customer comes through a list: ours."""
    named = (header.raw("list-id") + header.raw("list-post")).lower()
    return f"<{own.address.replace('@', '.')}>" in named or f"mailto:{own.address}>" in named


def _is_automatic(header: Header, wrote: Author, own: Own) -> bool:
    if wrote.address.partition("@")[0] in _POSTMASTERS or header.raw("return-path") == "<>":
        return True
    if any(header.has(name) for name in _MACHINE):
        return True
    sent_by = header.author("from")
    if sent_by and sent_by != wrote and own.is_of_our_house(sent_by):  # our own form calls itself automatic, its customer is none
        return False
    says = header.word("auto-submitted")
    return says not in ("", "no") or header.word("precedence") in ("auto_reply", "bulk", "junk")

"""Where a feed may be fetched from: the public internet. A site must not lead us into our own network, by name or by redirection."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from bot.networks.press.faults import FeedAway

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


async def addresses(host: str, port: int, *, at_home: bool) -> list[str]:
    """Those of a host, all of them public; or, for a feed on this machine (`at_home`), all of them this machine's. Raises FeedAway."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FeedAway("unknown_host") from None
    known = [str(one[4][0]) for one in found]
    if not known or not all(_allowed(one, at_home=at_home) for one in known):
        raise FeedAway("private_address")
    return list(dict.fromkeys(known))


def _allowed(text: str, *, at_home: bool) -> bool:
    address = _plain(ip_address(text.partition("%")[0]))
    return address.is_loopback if at_home else address.is_global and not address.is_multicast


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address may be dressed as an IPv6 one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address

"""Database addresses as hosts and people write them, in the words of our drivers."""

import ssl
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import URL, make_url

CONNECT = 10.0  # seconds after which a database that does not answer is away
# libpq's parameters that hosts append and asyncpg cannot be told; it negotiates channel binding and GSS by itself or not at all
_UNKNOWN_TO_ASYNCPG = ("channel_binding", "gssencmode", "sslmode", "sslrootcert", "connect_timeout", "application_name")


def database_url(url: str) -> str:
    """The address with our drivers: `postgres://`, `postgresql://` and `sqlite:///`, without libpq's parameters."""
    scheme, rest = url.split("://", 1)
    if scheme == "sqlite":
        return f"sqlite+aiosqlite://{rest}"
    if scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        return url
    address = make_url(f"postgresql+asyncpg://{rest}").difference_update_query(_UNKNOWN_TO_ASYNCPG)
    return address.render_as_string(hide_password=False)


def connect_args(url: str) -> dict[str, Any]:
    """What libpq's parameters of a PostgreSQL address mean to asyncpg."""
    scheme, rest = url.split("://", 1)
    if scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        return {}
    said = _query(make_url(f"postgresql://{rest}"))
    found: dict[str, Any] = {"timeout": float(said.get("connect_timeout") or CONNECT)}
    if "sslmode" in said:
        found["ssl"] = _ssl(said["sslmode"], said.get("sslrootcert"))
    if "application_name" in said:
        found["server_settings"] = {"application_name": said["application_name"]}
    return found


def _query(address: URL) -> Mapping[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in address.query.items()}


def _ssl(mode: str, root: str | None) -> str | ssl.SSLContext:
    """asyncpg knows the modes by libpq's names; certificates of one's own need a context."""
    if mode not in ("verify-ca", "verify-full"):
        return mode
    context = ssl.create_default_context(cafile=root if root and root != "system" else None)
    context.check_hostname = mode == "verify-full"
    return context

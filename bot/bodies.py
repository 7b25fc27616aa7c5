"""What somebody sends us by HTTP, as far as we are willing to read it."""

from starlette.requests import Request


async def bounded(request: Request, most: int) -> bytes | None:
    """The body, or None once it grows past so many bytes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)

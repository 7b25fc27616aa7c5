"""What every answer and every question of the console must satisfy: headers, where a form was sent from, how long it is."""

import hmac
import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

BODY_MOST = 1_000_000  # bytes
JSON_MOST = 100_000
FIELDS_MOST = 200

# img-src data: is for the one picture of the second factor, which must not have an address
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    # `same-origin` tells other sites nothing, as `no-referrer` does, but lets our own forms carry their Origin,
    # which `no-referrer` turns into "null" (Fetch standard, "append a request Origin header").
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class BadRequest(Exception):
    """What a browser showing our own pages never sends. `status` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def guarded(response: Response, public_url: str) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if public_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def check_origin(request: Request, public_url: str) -> None:
    """Only our own pages may send a form. The Host header plays no part: whoever can send it can choose it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise BadRequest(403)
        return
    # browsers leave Sec-Fetch-Site out where the page came without TLS from another machine
    told, ours = urlsplit(request.headers.get("origin", "")), urlsplit(public_url)
    if (told.scheme, told.netloc) != (ours.scheme, ours.netloc):
        raise BadRequest(403)


def check_csrf(form: Mapping[str, list[str]], csrf: str) -> None:
    if not hmac.compare_digest(form.get("csrf", [""])[0].encode(), csrf.encode()):
        raise BadRequest(403)


async def read_form(request: Request) -> dict[str, list[str]]:
    """Fields and their values; 415 for anything but a plain form, 413 for more than BODY_MOST."""
    body = await _read(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="strict")
    except ValueError:
        raise BadRequest(400) from None
    return {name: [_tamed(value) for value in values] for name, values in fields.items()}


async def read_json(request: Request) -> dict[str, list[str]]:
    """As `read_form`, from an object of JSON whose values are strings."""
    body = await _read(request, "application/json", JSON_MOST)
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise BadRequest(400) from None
    if not isinstance(fields, dict) or len(fields) > FIELDS_MOST or not all(isinstance(value, str) for value in fields.values()):
        raise BadRequest(400)
    return {name: [_tamed(value)] for name, value in fields.items()}


async def _read(request: Request, kind: str, most: int = BODY_MOST) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise BadRequest(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BadRequest(413)
    return bytes(body)


def _tamed(value: str) -> str:
    """Lines end as everywhere but in forms of browsers."""
    return without_nul(value).replace("\r\n", "\n")


def without_nul(text: str) -> str:
    """PostgreSQL stores every character but this one."""
    return text.replace("\0", "")

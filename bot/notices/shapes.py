"""How the services that wake people want to be told: PagerDuty's Events API v2, Twilio's Messages, ntfy's publishing as JSON. Pure."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit

from bot.notices.wording import cut, lines, link_label, mark, said, title
from bot.settings import Settings
from handlers.couriers import Colleague, Notice
from handlers.errors import DoorClosed, Refused, SendError
from handlers.ports import Bucket

Json = Mapping[str, Any]
JSON = "application/json"
OURS = "house"  # the address that stands for the key of the whole house


@dataclass(frozen=True)
class Parcel:
    """What is posted. Its headers may hold a key."""

    body: bytes
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class No:
    """A 4xx, other than those that ask us to come again."""

    address: str
    status: int
    answer: Json


class Shape(Protocol):
    """One service's way to be told. `limit` is what it takes from all of us."""

    name: ClassVar[str]
    repeats_harmlessly: ClassVar[bool]
    limit: ClassVar[Bucket]

    def address(self, colleague: Colleague) -> str | None: ...
    def parcel(self, address: str, notice: Notice) -> Parcel: ...
    def receipt(self, answer: Json) -> str | None:
        """What the service calls it; None when this is not an answer of this service. Raises Refused where it says no with a 2xx."""
        ...

    def refusal(self, no: No) -> SendError:
        """A wrong key closes the door, a wrong address is refused."""
        ...


@dataclass(frozen=True)
class PagerDuty:
    """https://developer.pagerduty.com/docs/events-api-v2/trigger-events/. `key` is for people who have none of their own."""

    key: str = field(default="", repr=False)
    source: str = "tocsin"
    name: ClassVar[str] = "pagerduty"
    repeats_harmlessly: ClassVar[bool] = True  # events of one dedup_key are one alert
    limit: ClassVar[Bucket] = Bucket("pagerduty", timedelta(milliseconds=500), burst=50)

    def address(self, colleague: Colleague) -> str | None:
        own = colleague.pagers.get(self.name, "")
        return own if re.fullmatch(r"[!-~]{1,64}", own) else (OURS if self.key else None)

    def parcel(self, address: str, notice: Notice) -> Parcel:
        key = self.key if address == OURS else address
        thread = notice.thread if 0 < len(notice.thread) <= 255 else mark(notice.thread)
        event = {"routing_key": key, "dedup_key": thread, "event_action": "resolve" if notice.over else "trigger"}
        return Parcel(_packed(event if notice.over else {**event, **self._alert(notice)}))

    def _alert(self, notice: Notice) -> dict[str, Any]:
        severities = {"critical": "critical", "high": "error", "normal": "warning"}
        payload = {
            "summary": cut(title(notice), 1024),
            "source": self.source,
            "severity": severities.get(notice.severity, "info"),
            "custom_details": {"Tocsin": cut("\n".join(lines(notice)), 8000)},
        }
        link = [{"href": notice.link, "text": link_label(notice)}] if notice.link else []
        return {"payload": payload, "links": link, "client": "Tocsin"}

    def receipt(self, answer: Json) -> str | None:
        return _word(answer.get("dedup_key")) if answer.get("status") == "success" else None

    def refusal(self, no: No) -> SendError:
        if no.status in (401, 403) or (no.status == 400 and "routing" in json.dumps(no.answer.get("errors", "")).lower()):
            return DoorClosed("key_refused", whole=True) if no.address == OURS else Refused("key_refused")
        return DoorClosed(f"http_{no.status}", whole=True) if no.status in NOT_HERE else Refused(f"http_{no.status}")


@dataclass(frozen=True)
class Twilio:
    """https://www.twilio.com/docs/messaging/api/message-resource. `key` is ACCOUNT_SID:AUTH_TOKEN."""

    key: str = field(repr=False)
    sender: str
    name: ClassVar[str] = "twilio"
    repeats_harmlessly: ClassVar[bool] = False  # each request is a message of its own
    limit: ClassVar[Bucket] = Bucket("twilio", timedelta(seconds=1), burst=10)  # what one long code sends; Twilio keeps the rest waiting

    def address(self, colleague: Colleague) -> str | None:
        return colleague.phone if colleague.phone and re.fullmatch(r"\+[1-9]\d{6,14}", colleague.phone) else None

    def parcel(self, address: str, notice: Notice) -> Parcel:
        form = {"To": address, "From": self.sender, "Body": self._body(notice)}
        login = b64encode(self.key.encode()).decode()
        return Parcel(urlencode(form).encode(), "application/x-www-form-urlencoded", {"Authorization": f"Basic {login}"})

    def _body(self, notice: Notice) -> str:
        """Twilio takes 1,600 characters and advises 320 (error 21617)."""
        told = said(notice.short, notice.language) if notice.short else "\n".join([title(notice), *lines(notice)[:3]])
        link = f"\n{notice.link}" if notice.link and len(notice.link) <= 1000 else ""
        return cut(told, max(160, 320 - len(link))) + link

    def receipt(self, answer: Json) -> str | None:
        if answer.get("status") in ("failed", "undelivered", "canceled"):
            raise Refused(_code(self.name, answer.get("error_code"), 200))
        return _word(answer.get("sid"))

    def refusal(self, no: No) -> SendError:
        code = no.answer.get("code")
        reason = _code(self.name, code, no.status)
        ours = no.status in (401, 403, *NOT_HERE) or (isinstance(code, int) and code in _SENDER)
        return DoorClosed(reason, whole=True) if ours else Refused(reason)


# Twilio's codes for what is wrong with our own number, whoever is to be told (https://www.twilio.com/docs/api/errors)
_SENDER = frozenset({21212, 21213, 21603, 21606, 21611, 21659, 21660})


@dataclass(frozen=True)
class Ntfy:
    """https://docs.ntfy.sh/publish/#publish-as-json."""

    key: str = field(default="", repr=False)
    name: ClassVar[str] = "ntfy"
    # one sequence_id is one notification, and the app does not ring again for it (docs.ntfy.sh/publish/#updating-deleting-notifications)
    repeats_harmlessly: ClassVar[bool] = True
    limit: ClassVar[Bucket] = Bucket("ntfy", timedelta(seconds=5), burst=50)  # visitor-request-limit: 60, then one every five seconds

    def address(self, colleague: Colleague) -> str | None:
        topic = colleague.pagers.get(self.name, "")
        return topic if re.fullmatch(r"[-_A-Za-z0-9]{1,64}", topic) else None

    def parcel(self, address: str, notice: Notice) -> Parcel:
        priority = {"critical": 5, "high": 4, "normal": 3}.get(notice.severity, 2)
        tag = {"critical": "rotating_light", "high": "warning"}.get(notice.severity, "bell")
        message = {
            "topic": address,
            "title": cut(title(notice), 200),
            "message": _within("\n".join(lines(notice)) or title(notice), 3900),
            "priority": 2 if notice.over else priority,
            "tags": ["white_check_mark" if notice.over else tag],
            "sequence_id": mark(notice.token),
            **self._link(notice),
        }
        return Parcel(_packed(message), headers={"Authorization": f"Bearer {self.key}"} if self.key else {})

    def _link(self, notice: Notice) -> dict[str, Any]:
        if not notice.link:
            return {}
        return {"click": notice.link, "actions": [{"action": "view", "label": link_label(notice), "url": notice.link, "clear": True}]}

    def receipt(self, answer: Json) -> str | None:
        return _word(answer.get("id"))

    def refusal(self, no: No) -> SendError:
        return DoorClosed(f"http_{no.status}", whole=True) if no.status in (401, *NOT_HERE) else Refused(f"http_{no.status}")


NOT_HERE = (404, 405, 410)  # nothing that is told there would be heard


def shape(name: str, settings: Settings) -> Shape:
    key = settings.notice_keys[name].get_secret_value() if name in settings.notice_keys else ""
    built: dict[str, Callable[[], Shape]] = {
        "pagerduty": lambda: PagerDuty(key, urlsplit(settings.public_url).hostname or "tocsin"),
        "twilio": lambda: Twilio(key, settings.twilio_from),
        "ntfy": lambda: Ntfy(key),
    }
    return built[name]()


def _packed(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _within(text: str, most: int) -> str:
    """At most so many bytes: ntfy makes a file of what is longer."""
    return text if len(text.encode()) <= most else text.encode()[: most - 3].decode(errors="ignore") + "…"


def _word(value: object) -> str | None:
    """An id, whatever else an answer may hold in its place."""
    return value if isinstance(value, str) and re.fullmatch(r"[!-~]{1,255}", value) else None


def _code(name: str, code: object, status: int) -> str:
    return f"{name}_{code}" if isinstance(code, int) else f"http_{status}"

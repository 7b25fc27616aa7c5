"""Reads the environment and `.env` once, into one frozen value. A missing or malformed value is one clear line."""

import json
import re
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.addresses import is_encrypted, is_mailbox, is_place, is_safe_address
from bot.network_settings import NetworkSettings

# what else goes between :// and ? cannot be read, and the driver's complaint would repeat a part of the password
_WHERE = re.compile(r"(?:[^@]*@)?(?:\[[^]@/]*\]|[^:@/]*)(?::\d+)?(?:/[^@]*)?")
NOTICE_SHAPES = ("pagerduty", "twilio", "ntfy")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_ROTA = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SMTP_LOGIN = re.compile(r"[^:@/?#]+:[^:@/?#]+@")


class SettingsError(Exception):
    """One line per variable that cannot be used; values are never repeated, since they may be secrets."""


class Settings(NetworkSettings):
    """Everything that is configured. Secrets show as stars in any repr."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str = Field("sqlite:///tocsin.db", validation_alias="DATABASE_URL", repr=False)  # it may hold a password
    host: str = Field("127.0.0.1", validation_alias="HOST")
    port: int = Field(3000, ge=0, le=65535, validation_alias="PORT")
    dyno: str = Field("", validation_alias="DYNO")  # set by hosts that wipe their disk at every restart

    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", validation_alias="SLACK_API_URL")

    teams_client_id: str = Field("", validation_alias="TEAMS_CLIENT_ID")
    teams_client_secret: SecretStr | None = Field(None, validation_alias="TEAMS_CLIENT_SECRET")
    teams_tenants: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="TEAMS_TENANT_ID")
    teams_channels: Annotated[dict[str, str], NoDecode] = Field({}, validation_alias="TOCSIN_TEAMS_CHANNELS")
    teams_cloud: Literal["public", "gcc_high", "dod", "china"] = Field("public", validation_alias="TEAMS_CLOUD")
    # of the six that follow, what is empty is as that cloud has it (bot/teams/clouds.py)
    teams_service_url: str = Field("", validation_alias="TEAMS_SERVICE_URL", validate_default=True)
    teams_login_url: str = Field("", validation_alias="TEAMS_LOGIN_URL")
    teams_openid_url: str = Field("", validation_alias="TEAMS_OPENID_URL")
    teams_graph_url: str = Field("", validation_alias="TEAMS_GRAPH_URL")
    teams_issuer: str = Field("", validation_alias="TEAMS_ISSUER")
    teams_scope: str = Field("", validation_alias="TEAMS_SCOPE")

    language: Literal["en", "es", "fr"] = Field("en", validation_alias="TOCSIN_LANGUAGE")
    timezone: str = Field("UTC", validation_alias="TOCSIN_TIMEZONE")
    flow: Path = Field(Path("flows/definitions/data_breach.yaml"), validation_alias="TOCSIN_FLOW")
    people: Path = Field(Path("people.yaml"), validation_alias="TOCSIN_PEOPLE")
    rotas: Annotated[dict[str, str], NoDecode] = Field({}, validation_alias="TOCSIN_ROTAS", repr=False)  # an address may be a secret
    public_url: str = Field("", validation_alias="TOCSIN_PUBLIC_URL")
    slack_channels: Annotated[dict[str, str], NoDecode] = Field({}, validation_alias="TOCSIN_SLACK_CHANNELS")
    webhook_secrets: Annotated[dict[str, SecretStr], NoDecode] = Field({}, validation_alias="TOCSIN_WEBHOOK_SECRETS")
    learn: bool = Field(True, validation_alias="TOCSIN_LEARN")
    semantic: bool = Field(False, validation_alias="TOCSIN_SEMANTIC")
    second_factor: bool = Field(True, validation_alias="TOCSIN_SECOND_FACTOR")
    demo: bool = Field(True, validation_alias="TOCSIN_DEMO")
    dry_run: bool = Field(False, validation_alias="TOCSIN_DRY_RUN")
    retention_days: int = Field(0, ge=0, le=36500, validation_alias="TOCSIN_RETENTION_DAYS")  # 0: for ever
    metrics_token: SecretStr | None = Field(None, validation_alias="TOCSIN_METRICS_TOKEN")

    smtp_url: SecretStr | None = Field(None, validation_alias="TOCSIN_SMTP_URL")
    mail_from: str = Field("", validation_alias="TOCSIN_MAIL_FROM", validate_default=True)
    notice_webhooks: Annotated[dict[str, str], NoDecode] = Field({}, validation_alias="TOCSIN_NOTICE_WEBHOOKS", repr=False)
    notice_keys: Annotated[dict[str, SecretStr], NoDecode] = Field({}, validation_alias="TOCSIN_NOTICE_KEYS", validate_default=True)
    twilio_from: str = Field("", validation_alias="TOCSIN_TWILIO_FROM", validate_default=True)
    notice_secret: SecretStr | None = Field(None, validation_alias="TOCSIN_NOTICE_SECRET")

    @field_validator("slack_channels", "teams_channels", "webhook_secrets", "notice_webhooks", "notice_keys", "rotas", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        """`crisis=C012, ordinary=C034` or a JSON object."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("{"):
            return json.loads(value)
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        # a secret pasted without its name may end in =, and then looks like a name
        if any(not sign or not name.strip() or not rest.strip("= ") for name, sign, rest in pairs):
            raise ValueError("expected name=value pairs, separated by commas")
        return {name.strip(): rest.strip() for name, _, rest in pairs}

    @field_validator("teams_tenants", mode="before")
    @classmethod
    def _each_tenant(cls, value: object) -> object:
        return tuple(one.strip().casefold() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("teams_cloud", mode="before")
    @classmethod
    def _common_cloud(cls, value: object) -> object:
        return (value.strip().casefold() or "public") if isinstance(value, str) else value

    @field_validator("teams_service_url", "teams_login_url", "teams_openid_url", "teams_graph_url", "teams_issuer")
    @classmethod
    def _safe_addresses(cls, value: str) -> str:
        if value and not is_safe_address(value):
            raise ValueError("expected an address such as https://example.com (http only on this machine)")
        return value

    @field_validator("teams_scope")
    @classmethod
    def _whole_scope(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-~]+/\.default", value):
            raise ValueError("expected a scope such as https://api.botframework.com/.default")
        return value

    @field_validator("teams_service_url")
    @classmethod
    def _served_somewhere(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("teams_cloud") == "china" and not value:
            raise ValueError("missing: Microsoft publishes none for TEAMS_CLOUD=china")
        return value

    @field_validator("rotas")
    @classmethod
    def _known_calendars(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(_ROTA.fullmatch(name) for name in value):
            raise ValueError("expected names of rotas as FLOW writes them (duty_press)")
        found = {name: re.sub("^webcals?://", "https://", source) for name, source in value.items()}
        if not all(is_encrypted(source) for source in found.values() if "://" in source):
            raise ValueError("expected addresses such as https://example.com/press.ics (http only on this machine), or files")
        return found

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("expected a time zone such as Europe/Madrid")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgres://", "postgresql://", "postgresql+asyncpg://", "sqlite+aiosqlite:///")):
            raise ValueError("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        scheme, _, rest = value.partition("://")
        if scheme.startswith("postgres") and not _WHERE.fullmatch(rest.partition("?")[0]):
            raise ValueError("expected postgresql://USER:PASSWORD@HOST:PORT/NAME, an @ in the password written as %40")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_submission(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        scheme, _, rest = value.get_secret_value().partition("://")
        place = urlsplit(f"//{rest.rpartition('@')[2]}")
        login = rest[: rest.rfind("@") + 1]
        if (
            scheme not in ("smtp", "smtps")
            or (login and not _SMTP_LOGIN.fullmatch(login))
            or not is_place(place.netloc)
            or place.path.strip("/")
        ):
            raise ValueError("expected smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST, an @ in either written as %40")
        return value

    @field_validator("mail_from")
    @classmethod
    def _known_sender(cls, value: str, info: ValidationInfo) -> str:
        if value and not is_mailbox(value):
            raise ValueError("expected an address such as Tocsin <tocsin@example.com>")
        if info.data.get("smtp_url") and not value:
            raise ValueError("missing: the address that notices come from, beside TOCSIN_SMTP_URL")
        return value

    @field_validator("notice_webhooks")
    @classmethod
    def _known_couriers(cls, value: dict[str, str]) -> dict[str, str]:
        if any(name not in NOTICE_SHAPES for name in value):
            raise ValueError(f"expected one or more of {', '.join(NOTICE_SHAPES)}, each with its address")
        if not all(is_safe_address(url) for url in value.values()):
            raise ValueError("expected addresses such as https://ntfy.sh (http only on this machine), without a key or a user in them")
        return value

    @field_validator("notice_keys")
    @classmethod
    def _known_keys(cls, value: dict[str, SecretStr], info: ValidationInfo) -> dict[str, SecretStr]:
        if any(name not in NOTICE_SHAPES for name in value):
            raise ValueError(f"expected one or more of {', '.join(NOTICE_SHAPES)}, each with its key")
        if not all(key.get_secret_value().isascii() and key.get_secret_value().isprintable() for key in value.values()):
            raise ValueError("a key has a sign that none of these services uses")
        account, colon, token = value["twilio"].get_secret_value().partition(":") if "twilio" in value else ("", "", "")
        if "twilio" in info.data.get("notice_webhooks", {}) and not (account and colon and token):
            raise ValueError("expected twilio=ACCOUNT_SID:AUTH_TOKEN beside the address of Twilio in TOCSIN_NOTICE_WEBHOOKS")
        return value

    @field_validator("twilio_from")
    @classmethod
    def _known_number(cls, value: str, info: ValidationInfo) -> str:
        if (value or "twilio" in info.data.get("notice_webhooks", {})) and not _E164.fullmatch(value):
            raise ValueError("expected the number that messages come from, such as +34910000000")
        return value

    @field_validator("notice_secret")
    @classmethod
    def _can_sign(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        try:
            long_enough = len(b64decode(value.get_secret_value().removeprefix("whsec_") + "==")) >= 24
        except ValueError:
            long_enough = False
        if not long_enough:
            raise ValueError("expected whsec_ and 24 or more bytes in base64 (openssl rand -base64 32)")
        return value

    @property
    def slack(self) -> bool:
        return self.slack_bot_token is not None

    @property
    def slack_secrets(self) -> dict[str, str]:
        """Those that are set, in the clear: for the door alone."""
        given = {"bot_token": self.slack_bot_token, "app_token": self.slack_app_token, "signing_secret": self.slack_signing_secret}
        return {name: secret.get_secret_value() for name, secret in given.items() if secret}

    @property
    def teams(self) -> bool:
        return bool(self.teams_client_id and self.teams_client_secret and self.teams_tenants)

    @property
    def workspaces(self) -> dict[str, dict[str, str]]:
        """Those that are configured: the place of each channel of FLOW there."""
        every = {"slack": (self.slack, self.slack_channels), "teams": (self.teams, self.teams_channels)}
        return {name: channels for name, (is_there, channels) in every.items() if is_there}

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that are configured, beside those that need nothing."""
        return (*self.connected, *(f"webhook:{source}" for source in self.webhook_secrets))

    @property
    def kept_for(self) -> timedelta | None:
        """After how long the personal data of a closed case is erased; None for never."""
        return timedelta(days=self.retention_days) if self.retention_days else None

    @property
    def is_private(self) -> bool:
        """Nobody but this machine reaches us, as far as the settings can tell."""
        return self.host in ("127.0.0.1", "localhost", "::1") and not self.public_url

    @property
    def is_demo(self) -> bool:
        """Nothing real is configured: the sample crisis plays."""
        return self.demo and not (self.slack or self.teams or self.networks)

    @property
    def rehearses(self) -> bool:
        """Replies are approved, leave and have receipts, and are published nowhere."""
        return self.dry_run or self.is_demo


def read_settings(**given: Any) -> Settings:
    """The settings of this process; raises SettingsError. `given` wins over the environment."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [
            f"{'.'.join(_variable(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from None


def _variable(part: object) -> str:
    """What is missing is reported by the name of its field; people know its variable."""
    field = Settings.model_fields.get(str(part))
    return str(field.validation_alias) if field else str(part)

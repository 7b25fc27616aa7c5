"""What connects the networks, as the environment says it: the part of the settings that grows with each of them."""

import re
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.addresses import is_encrypted, is_mailbox, is_place, is_safe_address

_LOGIN = re.compile(r"[^:@/?#]+:[^:@/?#]+@")
_USER = re.compile(r"[^:@/?#]+@")
_FEED = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_SEARCH_MOST = 200  # characters of one phrase
_OAUTH = ("email_oauth_url", "email_oauth_client_id", "email_oauth_client_secret", "email_oauth_scope")


class NetworkSettings(BaseSettings):
    """A network is connected when all that it needs is set; what is set by halves is one clear line."""

    search: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="TOCSIN_SEARCH")  # the crisis's own words, hashtags too

    x_bearer_token: SecretStr | None = Field(None, validation_alias="X_BEARER_TOKEN")
    x_api_key: SecretStr | None = Field(None, validation_alias="X_API_KEY")
    x_api_secret: SecretStr | None = Field(None, validation_alias="X_API_SECRET")
    x_access_token: SecretStr | None = Field(None, validation_alias="X_ACCESS_TOKEN")
    x_access_secret: SecretStr | None = Field(None, validation_alias="X_ACCESS_SECRET")
    x_api_url: str = Field("https://api.x.com", validation_alias="X_API_URL")
    x_budget: Decimal = Field(Decimal(100), ge=0, validation_alias="X_MONTHLY_BUDGET")  # dollars; 0 is no ceiling

    mastodon_url: str = Field("", validation_alias="MASTODON_URL")
    mastodon_access_token: SecretStr | None = Field(None, validation_alias="MASTODON_ACCESS_TOKEN")

    bluesky_handle: str = Field("", validation_alias="BLUESKY_HANDLE")
    bluesky_app_password: SecretStr | None = Field(None, validation_alias="BLUESKY_APP_PASSWORD")
    bluesky_url: str = Field("https://bsky.social", validation_alias="BLUESKY_URL")

    meta_app_secret: SecretStr | None = Field(None, validation_alias="META_APP_SECRET")
    meta_verify_token: SecretStr | None = Field(None, validation_alias="META_VERIFY_TOKEN")
    meta_graph_url: str = Field("https://graph.facebook.com/v24.0", validation_alias="META_GRAPH_URL")
    facebook_page_id: str = Field("", validation_alias="FACEBOOK_PAGE_ID")
    facebook_page_token: SecretStr | None = Field(None, validation_alias="FACEBOOK_PAGE_TOKEN")
    instagram_account_id: str = Field("", validation_alias="INSTAGRAM_ACCOUNT_ID")  # speaks by the page's token

    email_oauth_url: str = Field("", validation_alias="EMAIL_OAUTH_URL")  # where tokens are; they stand for the password
    email_oauth_client_id: str = Field("", validation_alias="EMAIL_OAUTH_CLIENT_ID")
    email_oauth_client_secret: SecretStr | None = Field(None, validation_alias="EMAIL_OAUTH_CLIENT_SECRET")
    email_oauth_scope: str = Field("", validation_alias="EMAIL_OAUTH_SCOPE")
    email_oauth_refresh_token: SecretStr | None = Field(None, validation_alias="EMAIL_OAUTH_REFRESH_TOKEN")  # of a person who has agreed
    email_imap_url: SecretStr | None = Field(None, validation_alias="EMAIL_IMAP_URL")
    email_smtp_url: SecretStr | None = Field(None, validation_alias="EMAIL_SMTP_URL")
    email_address: str = Field("", validation_alias="EMAIL_ADDRESS", validate_default=True)

    feeds: Annotated[dict[str, str], NoDecode] = Field({}, validation_alias="TOCSIN_FEEDS", repr=False)  # an address may hold a key

    @field_validator("search", mode="before")
    @classmethod
    def _each_phrase(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        phrases = tuple(one.strip() for one in value.split(",") if one.strip())
        if any(len(one) > _SEARCH_MOST or not one.isprintable() or '"' in one for one in phrases):
            raise ValueError("expected words, phrases or #hashtags, separated by commas, without quotation marks")
        return phrases

    @field_validator("feeds", mode="before")
    @classmethod
    def _each_feed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
        if any(not sign or not _FEED.fullmatch(name) or not is_encrypted(url) for name, sign, url in pairs):
            raise ValueError("expected name=https://example.com/feed.xml pairs, separated by commas")
        return {name: url for name, _, url in pairs}

    @field_validator("x_api_url", "bluesky_url", "meta_graph_url", "mastodon_url")
    @classmethod
    def _safe_addresses(cls, value: str) -> str:
        if value and not is_safe_address(value):
            raise ValueError("expected an address such as https://example.com (http only on this machine)")
        return value.rstrip("/")

    @field_validator("email_oauth_url")
    @classmethod
    def _safe_token_address(cls, value: str) -> str:
        """As it is: some end with a slash."""
        if value and not is_safe_address(value):
            raise ValueError("expected an address such as https://login.microsoftonline.com/TENANT/oauth2/v2.0/token")
        return value

    @field_validator("email_imap_url", "email_smtp_url")
    @classmethod
    def _known_servers(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        kind = "imap" if info.field_name == "email_imap_url" else "smtp"
        scheme, _, rest = value.get_secret_value().partition("://")
        login, place = rest[: rest.rfind("@") + 1], urlsplit(f"//{rest.rpartition('@')[2]}")
        right, who = (_USER, "USER") if _by_token(info.data) else (_LOGIN, "USER:PASSWORD")
        if scheme not in (kind, f"{kind}s") or not right.fullmatch(login) or not is_place(place.netloc):
            raise ValueError(f"expected {kind}s://{who}@HOST or {kind}://{who}@HOST:PORT, an @ before that one written as %40")
        return value

    @field_validator("email_address")
    @classmethod
    def _own_mailbox(cls, value: str, info: ValidationInfo) -> str:
        if value and not is_mailbox(value):
            raise ValueError("expected an address such as Meridia <help@example.com>")
        halves = (info.data.get("email_imap_url"), info.data.get("email_smtp_url"), value)
        by_token = _by_token(info.data)
        if (any(halves) or by_token) and not all(halves):
            raise ValueError("missing: EMAIL_IMAP_URL, EMAIL_SMTP_URL and EMAIL_ADDRESS are needed together")
        if by_token and not all(info.data.get(name, True) for name in _OAUTH):
            raise ValueError("missing: EMAIL_OAUTH_URL, _CLIENT_ID, _CLIENT_SECRET and _SCOPE are needed together")
        return value

    @property
    def connected(self) -> tuple[str, ...]:
        """The networks for which all is set that they need."""
        x = (self.x_bearer_token, self.x_api_key, self.x_api_secret, self.x_access_token, self.x_access_secret)
        page = (self.meta_app_secret, self.meta_verify_token, self.facebook_page_id, self.facebook_page_token)
        needed: dict[str, tuple[object, ...]] = {
            "x": x,
            "mastodon": (self.mastodon_url, self.mastodon_access_token),
            "bluesky": (self.bluesky_handle, self.bluesky_app_password),
            "facebook": page,
            "instagram": (*page, self.instagram_account_id),
            "email": (self.email_imap_url, self.email_smtp_url, self.email_address),
            "press": (self.feeds,),
        }
        return tuple(name for name, given in needed.items() if all(given))


def _by_token(given: dict[str, Any]) -> bool:
    """Whether anything of OAuth is set, be it wrong, so that no password is expected."""
    return any(given.get(name, True) for name in _OAUTH) or bool(given.get("email_oauth_refresh_token"))

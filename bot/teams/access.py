"""What the door to Teams is opened with."""

from dataclasses import dataclass, field
from typing import Any

from bot.settings import Settings
from bot.teams.clouds import CLOUDS, PUBLIC, Cloud

NAME = "teams"
_OF_THE_CLOUD = ("service_url", "login_url", "openid_url", "graph_url", "issuer", "scope")


@dataclass(frozen=True)
class Access:
    """The app as Entra knows it. The first of `tenants` is the app's own; whoever acts is of one of them. What is left
    empty is as the cloud has it.
    """

    client_id: str
    client_secret: str = field(repr=False)
    tenants: tuple[str, ...]
    language: str = "en"  # of the channels
    cloud: Cloud = PUBLIC
    service_url: str = ""  # until a conversation has told its own
    login_url: str = ""
    openid_url: str = ""
    graph_url: str = ""
    issuer: str = ""
    scope: str = ""
    alone: bool = True  # one process only, as on SQLite
    url: str = ""  # of the console

    def __post_init__(self) -> None:
        for name in _OF_THE_CLOUD:
            object.__setattr__(self, name, getattr(self, name) or getattr(self.cloud, name))


def access_of(settings: Settings, **more: Any) -> Access:
    """`more`: what settings do not say of it, `alone` and `url`."""
    secret = settings.teams_client_secret
    return Access(
        client_id=settings.teams_client_id,
        client_secret=secret.get_secret_value() if secret else "",
        tenants=settings.teams_tenants,
        language=settings.language,
        cloud=CLOUDS[settings.teams_cloud],
        service_url=settings.teams_service_url,
        login_url=settings.teams_login_url,
        openid_url=settings.teams_openid_url,
        graph_url=settings.teams_graph_url,
        issuer=settings.teams_issuer,
        scope=settings.teams_scope,
        **more,
    )

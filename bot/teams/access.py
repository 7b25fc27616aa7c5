"""What the door to Teams is opened with."""

from dataclasses import dataclass, field

NAME = "teams"


@dataclass(frozen=True)
class Access:
    """The app as Entra knows it. The first of `tenants` is the app's own; whoever acts is of one of them."""

    client_id: str
    client_secret: str = field(repr=False)
    tenants: tuple[str, ...]
    language: str = "en"  # of the channels
    service_url: str = "https://smba.trafficmanager.net/teams/"  # until a conversation has told its own
    login_url: str = "https://login.microsoftonline.com"
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    alone: bool = True  # one process only, as on SQLite
    url: str = ""  # of the console

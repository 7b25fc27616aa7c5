"""The clouds that Microsoft keeps apart, each with its own login, keys, Connector and Graph: nothing of one is taken for another's.

Login, scope, issuer and OpenID are as in the SDK's own presets, and for GCC High and China as in
https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high and …/how-to-deploy-china-cloud; Graph as in
https://learn.microsoft.com/graph/deployments; services as TeamsServiceEndpoints of the Agents SDK lists them
(https://microsoft.github.io/Agents-for-js). GCC, without High, is the public cloud at another service.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    """`hosts` and names under `domains` are Microsoft's there: our token may be sent to them. No `service_url`: none is published."""

    name: str
    issuer: str  # of the tokens that knock at our door
    scope: str  # of our own token to the Connector
    login_url: str
    openid_url: str
    service_url: str
    graph_url: str
    hosts: frozenset[str]
    domains: tuple[str, ...]

    @property
    def graph_scope(self) -> str:
        """https://learn.microsoft.com/graph/sdks/national-clouds: the domain of Graph's own address there."""
        return f"{self.graph_url.removesuffix('/v1.0')}/.default"


PUBLIC = Cloud(
    name="public",
    issuer="https://api.botframework.com",
    scope="https://api.botframework.com/.default",
    login_url="https://login.microsoftonline.com",
    openid_url="https://login.botframework.com/v1/.well-known/openidconfiguration",
    service_url="https://smba.trafficmanager.net/teams/",
    graph_url="https://graph.microsoft.com/v1.0",
    hosts=frozenset(
        {"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"}
    ),  # anybody can have another name under trafficmanager.net
    domains=(".botframework.com",),
)
GCC_HIGH = Cloud(
    name="gcc_high",
    issuer="https://api.botframework.us",
    scope="https://api.botframework.us/.default",
    login_url="https://login.microsoftonline.us",
    openid_url="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
    service_url="https://smba.infra.gov.teams.microsoft.us/teams",
    graph_url="https://graph.microsoft.us/v1.0",
    hosts=frozenset({"smba.infra.gov.teams.microsoft.us"}),
    domains=(".botframework.azure.us",),
)
DOD = Cloud(
    name="dod",
    issuer=GCC_HIGH.issuer,
    scope=GCC_HIGH.scope,
    login_url=GCC_HIGH.login_url,
    openid_url=GCC_HIGH.openid_url,
    service_url="https://smba.infra.dod.teams.microsoft.us/teams",
    graph_url="https://dod-graph.microsoft.us/v1.0",
    hosts=frozenset({"smba.infra.dod.teams.microsoft.us"}),
    domains=GCC_HIGH.domains,
)
CHINA = Cloud(
    name="china",
    issuer="https://api.botframework.azure.cn",
    scope="https://api.botframework.azure.cn/.default",
    login_url="https://login.partner.microsoftonline.cn",
    openid_url="https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
    service_url="",
    graph_url="https://microsoftgraph.chinacloudapi.cn/v1.0",
    hosts=frozenset(),
    domains=(".botframework.azure.cn",),
)
CLOUDS = {cloud.name: cloud for cloud in (PUBLIC, GCC_HIGH, DOD, CHINA)}

"""The SDK of Teams as we use it: with our own tokens, without a server, and deaf to what the environment says to others."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import dotenv

from bot.teams.access import Access
from bot.teams.clouds import CHINA, DOD, GCC_HIGH, PUBLIC
from bot.teams.tokens import Tokens

__all__ = ["ActivityEvent", "App", "CoreActivity", "InvokeResponse", "open_sdk"]
PATIENCE = 10.0  # seconds


@contextmanager
def _undisturbed() -> Iterator[None]:
    """While it is read, the SDK would warn of a part that we do not use, and put the nearest .env above us into our environment."""
    theirs = dotenv.load_dotenv
    dotenv.load_dotenv = lambda *_, **__: False
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".* is in preview", category=FutureWarning)
            warnings.filterwarnings("ignore", category=DeprecationWarning, module="microsoft_teams")
            yield
    finally:
        dotenv.load_dotenv = theirs


with _undisturbed():
    from microsoft_teams.api import InvokeResponse, TokenCredentials
    from microsoft_teams.api.auth import cloud_environment as presets
    from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
    from microsoft_teams.apps import App
    from microsoft_teams.apps.events import ActivityEvent, CoreActivity
    from microsoft_teams.apps.http.adapter import HttpMethod, HttpRouteHandler, HttpServerAdapter
    from microsoft_teams.common import Client, ClientOptions


class Unmounted(HttpServerAdapter):
    """A server without routes: ours is the only one, and asks its own questions first."""

    def register_route(self, method: HttpMethod, path: str, handler: HttpRouteHandler) -> None: ...

    def serve_static(self, path: str, directory: str) -> None: ...

    async def start(self, port: int) -> None: ...

    async def stop(self) -> None: ...


class _Ours(App):
    def __init__(self, access: Access, tokens: Tokens) -> None:
        self._ours = TokenCredentials(client_id=access.client_id, tenant_id=access.tenants[0], token=tokens.for_sdk)
        super().__init__(
            client=Client(ClientOptions(timeout=PATIENCE)),
            service_url=access.service_url,
            cloud=_cloud(access),
            http_server_adapter=Unmounted(),
            fetch_user_token=False,
        )

    def _init_credentials(self) -> TokenCredentials:
        """The SDK would prefer a CLIENT_SECRET of the environment, whosever it is."""
        return self._ours


def _cloud(access: Access) -> CloudEnvironment:
    """As the SDK knows it, with what is set otherwise."""
    preset = {PUBLIC: presets.PUBLIC, GCC_HIGH: presets.US_GOV, DOD: presets.US_GOV_DOD, CHINA: presets.CHINA}
    return presets.with_overrides(
        preset[access.cloud],
        login_endpoint=access.login_url,
        login_tenant=access.tenants[0],
        bot_scope=access.scope,
        openid_metadata_url=access.openid_url,
        token_issuer=access.issuer,
        graph_scope=access.cloud.graph_scope,
    )


async def open_sdk(access: Access, tokens: Tokens) -> App:
    """Ready to hear and to speak; nothing is asked of anybody yet."""
    with _undisturbed():
        app = _Ours(access, tokens)
    await app.initialize()
    return app

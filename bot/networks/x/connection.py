"""X as it is configured, from the settings to its two ports."""

from pydantic import SecretStr

from bot.networks.x.client import Keys, X
from bot.networks.x.hearing import XSource
from bot.networks.x.money import Meter
from bot.networks.x.publishing import XNetwork
from bot.settings import Settings
from handlers.networks import Connected, Purse


def connected(settings: Settings, purse: Purse) -> Connected:
    x = X(settings.x_api_url, keys(settings))
    meter = Meter(purse, settings.x_budget)
    return Connected(XNetwork(x, meter), XSource(x, meter, settings.search), close=x.close)


def keys(settings: Settings) -> Keys:
    secrets = (settings.x_bearer_token, settings.x_api_key, settings.x_api_secret, settings.x_access_token, settings.x_access_secret)
    return Keys(*(_shown(one) for one in secrets))


def _shown(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""

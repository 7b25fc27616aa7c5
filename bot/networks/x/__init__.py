"""X: mentions, quotes, the crisis's own words and private messages in; replies and private messages out. Every call costs money."""

from bot.settings import Settings
from handlers.networks import Abilities, Connected, Hearing, Kind, Purse, Push

ABILITIES = Abilities(delete=True, hide=True)
KIND = Kind(
    "x",
    ABILITIES,
    Hearing(search=True, edits=True, push=Push.STREAM),
    ("X_BEARER_TOKEN", "X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_SECRET"),
)


def connect(settings: Settings, purse: Purse) -> Connected:
    from bot.networks.x.connection import connected  # noqa: PLC0415 - tweepy, and a pattern of all the world's domains

    return connected(settings, purse)

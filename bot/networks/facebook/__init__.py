"""Facebook pages: comments, visitors' posts and Messenger; and the webhook by which Meta tells of Instagram too."""

from bot.networks.meta.accounts import FACEBOOK
from bot.networks.meta.carrying import ABILITIES, HEARING
from bot.settings import Settings
from handlers.networks import Connected, Kind, Purse

KIND = Kind(
    FACEBOOK,
    ABILITIES,
    HEARING[FACEBOOK],
    ("META_APP_SECRET", "META_VERIFY_TOKEN", "FACEBOOK_PAGE_ID", "FACEBOOK_PAGE_TOKEN"),
)


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - nothing of it costs
    from bot.networks.meta.connecting import connected  # noqa: PLC0415 - read only when a page is configured

    return connected(settings, FACEBOOK)

"""A mailbox that customers write to: heard over IMAP, answered through a submission server."""

from bot.settings import Settings
from handlers.networks import Abilities, Connected, Hearing, Kind, Purse, Push

KIND = Kind(
    "email",
    Abilities(public=False, asks=False),
    Hearing(public=False, push=Push.IDLE),
    needs=("EMAIL_IMAP_URL", "EMAIL_SMTP_URL", "EMAIL_ADDRESS"),
)


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - mail costs nothing
    from bot.networks.email.connecting import connected  # noqa: PLC0415 - nobody pays for a door that is shut

    return connected(settings)

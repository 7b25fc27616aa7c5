"""Builds each way to tell a colleague that is configured; nothing connects before the first notice."""

from bot.settings import Settings
from handlers.couriers import Courier


def couriers(settings: Settings) -> dict[str, Courier]:
    """Name → courier. Each notice has a connection of its own, so there is nothing to close."""
    built: list[Courier] = []
    if settings.smtp_url:
        from bot.notices.email import Mail  # noqa: PLC0415 - nobody pays for a door that is shut
        from bot.submission import submission  # noqa: PLC0415

        built.append(Mail(submission(settings.smtp_url), settings.mail_from))
    if settings.notice_webhooks:
        from bot.notices.shapes import shape  # noqa: PLC0415
        from bot.notices.webhook import Webhook  # noqa: PLC0415

        built += [Webhook(shape(name, settings), url, settings.notice_secret) for name, url in settings.notice_webhooks.items()]
    return {courier.name: courier for courier in built}

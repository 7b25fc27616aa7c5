"""The door to Microsoft Teams: posts cards there, and hears what people do with them, at /api/messages."""

from bot.teams.access import Access

__all__ = ["Access"]

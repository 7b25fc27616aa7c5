"""The door to Slack: posts cards there, and hears what people do with them, by Socket Mode or at /slack/events."""

from bot.slack.door import Access, SlackDoor, open_slack

__all__ = ["Access", "SlackDoor", "open_slack"]

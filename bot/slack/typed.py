"""What was typed after one of our commands, as a command of ours; pure."""

from dataclasses import replace

from bot.slack.markup import Json
from bot.slack.payloads import is_direct, readable, who_acts
from handlers.commands import Command, ShowStatus, parse
from handlers.insight.commands import ListDigests, OfDigests

STATUS, DIGEST = "/crisis-status", "/crisis-digest"
COMMANDS = ("/crisis", STATUS, DIGEST)


def heard(body: Json) -> Command:
    """A digest for which no place is named is about where it was typed."""
    if body["command"] == STATUS:
        return ShowStatus()
    before, text = "digest " if body["command"] == DIGEST else "", str(body.get("text") or "")
    command = parse(before + readable(text, accounts=True, channels=True))
    if isinstance(command, OfDigests):
        return _here(command, body)
    return parse(before + readable(text, accounts=True))


def _here(command: OfDigests, body: Json) -> OfDigests:
    if isinstance(command, ListDigests) or command.asked.target:
        return command
    channel = str(body.get("channel_id") or "")
    target = f"@{who_acts(body).external_id}" if is_direct(channel) else f"#{channel}"
    return replace(command, asked=replace(command.asked, target=target))

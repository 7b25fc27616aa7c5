"""Writes the app that is uploaded to Teams: what it is, in three languages, and its icons. The same settings give the same bytes."""

import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from bot.addresses import LOOPBACK
from bot.settings import Settings
from bot.teams.payloads import Json
from templates import LANGUAGES, say

# Raised with every change of what stands in the package: Teams takes an update only under a higher number.
VERSION = "1.0.0"
SCHEMA = "1.25"  # the first that knows supportsChannelFeatures, and with it bots in private channels
SCHEMAS = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}"
DEFAULT = Path("tocsin-teams.zip")
ACCENT = "#1f4fa3"  # the ground of color.png
ART = Path(__file__).parent / "art"
ICONS = ("color.png", "outline.png")
MAKE_CASE = "make_case"

# Ten fit into a menu (learn.microsoft.com/microsoftteams/platform/bots/how-to/create-a-bot-commands-menu).
IN_A_TEAM = ("status", "next", "waiting", "approvals", "hold", "oncall", "find", "log", "digest", "help")
ALONE = ("home", "status", "next", "approvals", "oncall", "find", "log", "digest", "people", "help")
MENUS: Sequence[tuple[Sequence[str], Sequence[str]]] = ((("team", "groupChat"), IN_A_TEAM), (("personal",), ALONE))

# Of the teams that have the app, and of no other; graph.py asks. The first: whether a message arrived, before it would be sent again.
# It also brings us what is said in their channels without a mention (…/bots/how-to/conversations/channel-messages-with-rsc).
# The second: whether anybody may join the team, before a digest goes there.
PERMISSIONS = ("ChannelMessage.Read.Group", "TeamSettings.Read.Group")

_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def write_package(settings: Settings, file: Path | None = None) -> int:
    """Say where the package is, or line by line what it lacks. Returns the exit status."""
    file = file or DEFAULT
    missing = list(_missing(settings))
    for name in missing:
        print(say(name, settings.language), file=sys.stderr)  # noqa: T201 - as the command line says what is wrong
    if missing:
        return 1
    file.write_bytes(package(settings))
    print(say("package.written", settings.language, file=file))  # noqa: T201
    return 0


def package(settings: Settings) -> bytes:
    """The zip. Nothing in it is compressed, so that no version of zlib makes it another."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as zipped:
        for name, content in _files(settings):
            entry = ZipInfo(name)  # of 1980, as zip has it when it knows no day
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
            zipped.writestr(entry, content)
    return made.getvalue()


def manifest(settings: Settings) -> Json:
    """What the app is and may do."""
    bot_id, address = settings.teams_client_id.lower(), settings.public_url.rstrip("/")
    return {
        "$schema": f"{SCHEMAS}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": bot_id,
        "developer": {"name": "Tocsin", "websiteUrl": address, "privacyUrl": address, "termsOfUseUrl": address},
        "localizationInfo": {
            "defaultLanguageTag": LANGUAGES[0],
            "additionalLanguages": [{"languageTag": language, "file": f"{language}.json"} for language in LANGUAGES[1:]],
        },
        "name": _both("name", LANGUAGES[0]),
        "description": _both("description", LANGUAGES[0]),
        "icons": {"color": ICONS[0], "outline": ICONS[1]},
        "accentColor": ACCENT,
        "bots": [_bot(bot_id)],
        "composeExtensions": [_extension(bot_id)],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "supportsChannelFeatures": "tier1",
        "permissions": ["identity", "messageTeamMembers"],  # who clicked; and we tell people something in their own chat
        # The resource is never asked for, but must be there (…/graph-api/rsc/grant-resource-specific-consent).
        "webApplicationInfo": {"id": bot_id, "resource": f"api://{urlsplit(address).hostname}/botid-{bot_id}"},
        "authorization": {"permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name in PERMISSIONS]}},
        "validDomains": [urlsplit(address).hostname],
    }


def translated(language: str) -> Json:
    """The words of the manifest in another language, each under its place in it."""
    words = {
        "$schema": f"{SCHEMAS}/MicrosoftTeams.Localization.schema.json",
        **{f"{what}.{size}": text for what in ("name", "description") for size, text in _both(what, language).items()},
    }
    for menu, (_, commands) in enumerate(MENUS):
        for place, command in enumerate(commands):
            where = f"bots[0].commandLists[{menu}].commands[{place}]"
            words |= {f"{where}.{name}": text for name, text in _command(command, language).items()}
    case = {"title": say("package.make_case_title", language), "description": say("package.make_case_about", language)}
    return words | {f"composeExtensions[0].commands[0].{name}": text for name, text in case.items()}


def _missing(settings: Settings) -> Iterator[str]:
    if not _ID.fullmatch(settings.teams_client_id):
        yield "package.no_client_id"
    if not is_public(settings.public_url):
        yield "package.no_address"


def is_public(url: str) -> bool:
    """Whether Teams can call it: by https, and not on this machine."""
    try:
        place = urlsplit(url)
        return place.scheme == "https" and bool(place.hostname) and place.hostname not in LOOPBACK
    except ValueError:
        return False


def _files(settings: Settings) -> Iterator[tuple[str, bytes]]:
    yield "manifest.json", _written(manifest(settings))
    for language in LANGUAGES[1:]:
        yield f"{language}.json", _written(translated(language))
    for name in ICONS:
        yield name, (ART / name).read_bytes()


def _written(content: Json) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _both(what: str, language: str) -> dict[str, str]:
    return {size: say(f"package.{what}_{size}", language) for size in ("short", "full")}


def _command(command: str, language: str) -> dict[str, str]:
    return {"title": say("package.title", language, command=command), "description": say("package.about", language, command=command)}


def _bot(bot_id: str) -> Json:
    menus = [{"scopes": list(scopes), "commands": [_command(one, LANGUAGES[0]) for one in commands]} for scopes, commands in MENUS]
    return {
        "botId": bot_id,
        "scopes": ["team", "personal", "groupChat"],
        "supportsFiles": False,  # pictures are shown in the message; nobody uploads anything to us
        "isNotificationOnly": False,
        "commandLists": menus,
    }


def _extension(bot_id: str) -> Json:
    """In the menu of every message."""
    command = {
        "id": MAKE_CASE,
        "type": "action",
        "context": ["message"],
        "title": say("package.make_case_title", LANGUAGES[0]),
        "description": say("package.make_case_about", LANGUAGES[0]),
        "fetchTask": True,
    }
    return {"botId": bot_id, "commands": [command]}

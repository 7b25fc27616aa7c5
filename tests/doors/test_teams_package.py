"""The app package asks for what the door uses, and for nothing more; and Teams would take it."""

import hashlib
import io
import json
import re
import shutil
import struct
import subprocess
import zipfile
import zlib

import pytest

import app
from bot.settings import Settings, read_settings
from bot.teams.package import ALONE, DEFAULT, ICONS, IN_A_TEAM, MENUS, PERMISSIONS, VERSION, manifest, package, translated
from bot.teams.typed import heard
from handlers.commands import Help
from templates import LANGUAGES, say
from tests.builders import ROOT

CLIENT_ID = "1f3cbd7a-9a52-4d6c-8f0e-2b1c3d4e5f60"
GIVEN = {"TEAMS_CLIENT_ID": CLIENT_ID, "TOCSIN_PUBLIC_URL": "https://crisis.example.com/"}
# What each version was, for these settings. A version that has been uploaded is not taken again with something else in it.
WAS = {"1.0.0": "d22ee7f425489ac9f48dbfd543c7c70fd99c16b12f1da80098049b6e03e589df"}
COMMANDS = sorted({*IN_A_TEAM, *ALONE})


def settings(**given: str) -> Settings:
    return read_settings(_env_file=None, **{name: value for name, value in (GIVEN | given).items() if value})


def files(zipped: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def pixels(png: bytes) -> tuple[int, int, set[tuple[int, ...]]]:
    """Width, height and the colours of an eight-bit RGBA picture; filters other than those in it are not known here."""
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", png[16:29])
    assert (depth, kind) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    raw, before, seen = zlib.decompress(data), bytearray(width * 4), set()
    for row in range(height):
        start = row * (width * 4 + 1)
        line = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * 4]), before)
        seen |= {tuple(line[pixel : pixel + 4]) for pixel in range(0, len(line), 4)}
        before = line
    return width, height, seen


def _unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    for at in range(len(line)):
        left, up, corner = (line[at - 4] if at >= 4 else 0), above[at], (above[at - 4] if at >= 4 else 0)
        nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        line[at] = (line[at] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return line


def test_the_same_settings_give_the_same_bytes():
    assert package(settings()) == package(settings())
    assert package(settings()) != package(settings(TOCSIN_PUBLIC_URL="https://other.example.com"))


def test_whoever_changes_the_package_raises_its_version():
    made = hashlib.sha256(package(settings())).hexdigest()
    assert WAS.get(VERSION) == made, (
        f'the package is another: raise VERSION in bot/teams/package.py and write "{VERSION}": "{made}" into WAS'
    )


def test_the_package_holds_the_manifest_its_languages_and_the_icons_and_nothing_else():
    held = files(package(settings()))
    assert list(held) == ["manifest.json", *(f"{language}.json" for language in LANGUAGES[1:]), *ICONS]
    assert json.loads(held["manifest.json"]) == manifest(settings())


def test_the_icons_are_of_the_sizes_that_teams_asks_for():
    held = files(package(settings()))
    width, height, colours = pixels(held["color.png"])
    assert (width, height) == (192, 192)
    assert {colour[3] for colour in colours} == {255}, "it fills its square; Teams rounds the corners"
    assert tuple(bytes.fromhex(manifest(settings())["accentColor"][1:])) in {colour[:3] for colour in colours}
    width, height, colours = pixels(held["outline.png"])
    assert (width, height) == (32, 32)
    assert {colour[:3] for colour in colours if colour[3]} == {(255, 255, 255)}, "white"
    assert {colour[3] for colour in colours} >= {0, 255}, "on nothing"


def test_the_bot_is_the_registration_in_every_place():
    made = manifest(settings(TEAMS_CLIENT_ID=CLIENT_ID.upper()))
    places = [made["id"], made["bots"][0]["botId"], made["composeExtensions"][0]["botId"], made["webApplicationInfo"]["id"]]
    assert places == [CLIENT_ID] * 4
    assert made["validDomains"] == ["crisis.example.com"]
    assert made["bots"][0]["scopes"] == ["team", "personal", "groupChat"]


def test_no_secret_goes_into_the_package():
    made = package(settings(TEAMS_CLIENT_SECRET="a-secret-of-ours", TEAMS_TENANT_ID=CLIENT_ID[::-1]))
    assert made == package(settings())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_menu_is_understood_as_it_is_typed_for_people(command, language):
    """What is chosen is put into the message as it stands; what is shown as an example is typed after it."""
    title, about = say("package.title", language, command=command), say("package.about", language, command=command)
    told = [title, *re.findall(rf"\b{title} [^.,)]+", about)] if command in ("digest", "find") else [title]
    understood = [heard({"text": f"<at>Tocsin</at> {words}", "entities": [], "from": {"id": "29:1"}, "conversation": {}}) for words in told]
    assert len(told) == (2 if command in ("digest", "find") else 1)
    assert [one for one in understood if isinstance(one, Help)] == ([Help()] if command == "help" else [])
    assert len({type(one) for one in understood}) == 1


@pytest.mark.parametrize(("scopes", "commands"), MENUS)
def test_a_menu_has_ten_commands_and_none_twice(scopes, commands):
    assert len(commands) == len(set(commands)) == 10


def test_every_scope_of_the_bot_has_one_menu():
    assert sorted(scope for scopes, _ in MENUS for scope in scopes) == sorted(manifest(settings())["bots"][0]["scopes"])


def test_every_word_of_the_manifest_is_translated_and_no_more():
    """Each key is a place in the manifest, as Teams reads it."""
    made = manifest(settings())
    for language in LANGUAGES[1:]:
        for place, words in translated(language).items():
            here = made
            for step in re.findall(r"[$\w]+", place):
                here = here[int(step)] if step.isdecimal() else here[step]
            assert isinstance(here, str) and words
    words = {*re.findall(r'"(?:title|description|short|full)": "([^"]+)"', json.dumps(made, ensure_ascii=False))}
    spanish = translated("es")
    assert len(words - {*spanish.values()}) >= len(COMMANDS), "most of them read otherwise in another language"
    assert "¿" not in json.dumps(made, ensure_ascii=False)


def test_making_a_case_of_a_message_opens_a_window():
    (command,) = manifest(settings())["composeExtensions"][0]["commands"]
    assert (command["context"], command["type"], command["fetchTask"]) == (["message"], "action", True)
    assert "payloads.EXTENSION_OPEN: on.hears(on.make_case" in (ROOT / "bot/teams/listeners.py").read_text(encoding="utf-8")


def test_it_asks_of_a_team_only_what_the_code_asks_microsoft_graph_for():
    """Everything that we ask of the Bot Connector needs no consent."""
    needs = {
        r"/messages\b": "ChannelMessage.Read.Group",
        r"\$select=visibility": "TeamSettings.Read.Group",
        "membershipType": "ChannelSettings.Read.Group",
    }
    rooms = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "bot/teams").glob("*.py"))]
    asking = "".join(room for room in rooms if "graph.microsoft.com/v1.0" in room)
    assert set(PERMISSIONS) == {name for used, name in needs.items() if re.search(used, asking)}
    told = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+\.\w+\.Group)`", told)) == set(PERMISSIONS), "and says why"
    asked = manifest(settings())["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [{"name": name, "type": "Application"} for name in PERMISSIONS]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"TEAMS_CLIENT_ID": ""}, "TEAMS_CLIENT_ID"),
        ({"TEAMS_CLIENT_ID": "tocsin"}, "TEAMS_CLIENT_ID"),
        ({"TOCSIN_PUBLIC_URL": ""}, "TOCSIN_PUBLIC_URL"),
        ({"TOCSIN_PUBLIC_URL": "http://crisis.example.com"}, "TOCSIN_PUBLIC_URL"),
        ({"TOCSIN_PUBLIC_URL": "https://"}, "TOCSIN_PUBLIC_URL"),
        ({"TOCSIN_PUBLIC_URL": "https://localhost"}, "TOCSIN_PUBLIC_URL"),
    ],
)
def test_what_is_missing_is_one_line_and_nothing_is_written(tmp_path, monkeypatch, capsys, given, line):
    for name, value in (GIVEN | given).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert app.main(["teams-package", "tocsin.zip"]) == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and line in told.err
    assert not (tmp_path / "tocsin.zip").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_writes_it_and_says_where(tmp_path, monkeypatch, capsys, language):
    for name, value in (GIVEN | {"TOCSIN_LANGUAGE": language}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert app.main(["teams-package"]) == 0
    assert (tmp_path / DEFAULT).read_bytes() == package(settings())
    assert str(DEFAULT) in capsys.readouterr().out


@pytest.fixture(scope="session")
def schemas(tmp_path_factory):
    """Microsoft's own schemas of the manifest, from npm."""
    folder = tmp_path_factory.mktemp("manifest")
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no npm on this machine")
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "@microsoft/app-manifest@1.1.2"]
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=90, check=False).returncode:
        pytest.skip("npm cannot fetch @microsoft/app-manifest")
    return folder


# Some of their patterns are none in Unicode mode.
VALIDATE = """
const fs = require("fs"), path = require("path"), Ajv = require("ajv-draft-04").default, formats = require("ajv-formats").default;
const [version, name, content] = JSON.parse(fs.readFileSync(0));
const home = path.join(process.cwd(), "node_modules/@microsoft/app-manifest/build/json-schemas/teams", "v" + version, name);
const ajv = new Ajv({strict: false, allErrors: true, unicodeRegExp: false});
formats(ajv);
const valid = ajv.compile(JSON.parse(fs.readFileSync(home)));
console.log(JSON.stringify(valid(content) ? [] : valid.errors));
"""


def faults(folder, name: str, content: object) -> list[object]:
    asked = json.dumps([manifest(settings())["manifestVersion"], name, content])
    ran = subprocess.run(["node", "-e", VALIDATE], input=asked, capture_output=True, text=True, cwd=folder, check=True)
    return json.loads(ran.stdout)


@pytest.mark.slow
def test_microsofts_own_schema_finds_nothing_wrong(schemas):
    assert faults(schemas, "MicrosoftTeams.schema.json", manifest(settings())) == []
    assert faults(schemas, "MicrosoftTeams.schema.json", manifest(settings()) | {"accentColor": "blue"}), "it would"
    for language in LANGUAGES[1:]:
        assert faults(schemas, "MicrosoftTeams.Localization.schema.json", translated(language)) == []
        assert faults(schemas, "MicrosoftTeams.Localization.schema.json", translated(language) | {"name.short": "T" * 31}), "it would"

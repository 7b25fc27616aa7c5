"""The SDK speaks with our tokens, and is deaf to what the environment says to others."""

import subprocess
import sys

import pytest

from bot.teams.sdk import open_sdk
from bot.teams.tokens import Tokens
from tests.builders import ROOT
from tests.doors.teams_keys import CLIENT, OTHER_TENANT, TENANT, Microsoft, plain

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")  # the SDK uses it itself


async def test_the_sdk_speaks_with_our_tokens():
    async with Microsoft() as microsoft, plain() as web:
        access = microsoft.access(tenants=(TENANT, OTHER_TENANT))
        speaks = (await open_sdk(access, Tokens(access, web))).token_provider
        bot, graph = await speaks.get_app_token(), await speaks.get_app_token(access.cloud.graph_scope, OTHER_TENANT)
        assert (str(bot), str(graph)) == ("token-1", "token-2")
        assert [(tenant, form["client_id"]) for tenant, form in microsoft.asked] == [(TENANT, CLIENT), (OTHER_TENANT, CLIENT)]


def test_the_sdk_is_deaf_to_what_stands_around(tmp_path):
    """A .env above us, and what the environment holds for other programs, change nothing; nor does it warn at every start."""
    (tmp_path / ".env").write_text("CLIENT_SECRET=of-somebody-else\nSTRANGE=yes\n")
    (tmp_path / "deep").mkdir()
    script = """
import asyncio, os, httpx
from bot.teams.access import Access
from bot.teams.sdk import open_sdk
from bot.teams.tokens import Tokens
async def main():
    async with httpx.AsyncClient() as web:
        access = Access(client_id="ours", client_secret="s", tenants=("t",))
        app = await open_sdk(access, Tokens(access, web))
        print(type(app.credentials).__name__, app.id, app.cloud.token_issuer, os.environ.get("STRANGE"))
asyncio.run(main())
"""
    environment = {"PYTHONPATH": str(ROOT), "CLIENT_ID": "x", "CLIENT_SECRET": "y", "CLOUD": "nowhere", "SERVICE_URL": "https://x.example"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "deep", env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["TokenCredentials", "ours", "https://api.botframework.com", "None"], "")

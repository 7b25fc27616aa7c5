"""The smallest true Bolt app, run by HTTP or by Socket Mode, to try the fake with and to serve other apps in tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from .server import FakeSlack

FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "words", "max_length": 20},
        },
    ],
}


def sample_app(slack: FakeSlack, heard: list[dict[str, Any]]) -> AsyncApp:
    """It knows the button `claim`, the command /crisis, the modal `form` and mentions; it keeps all it hears."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=5)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    async def hear(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()

    async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(body)
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()
        else:
            await ack(f"you said {body['text']}")

    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        words = body["view"]["state"]["values"]["reason"]["words"]["value"]
        answers: dict[str, dict[str, Any]] = {
            "wrong": {"response_action": "errors", "errors": {"reason": "say more"}},
            "astray": {"response_action": "errors", "errors": {"nowhere": "lost"}},
            "more": {"response_action": "push", "view": FORM},
            "again": {"response_action": "update", "view": FORM},
            "all": {"response_action": "clear"},
        }
        await ack(**answers.get(words, {}))

    app.action("claim")(hear)
    app.command("/crisis")(command)
    app.view("form")(submitted)
    app.view_closed("form")(hear)
    app.shortcut("make_case")(hear)
    for kind in ("app_mention", "app_home_opened", "message"):
        app.event(kind)(hear)
    return app


@asynccontextmanager
async def over_http(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """The app behind /slack/events, with the fake delivering there."""
    runner = web.AppRunner(app.server(port=0, path="/slack/events", host="127.0.0.1").web_app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.http_target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    """The app on one Socket Mode connection."""
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.sockets.connected()
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]

"""A page at / on which one plays every person of the fake Slack by hand: read, click, command, fill in forms."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web

from .controls import CannotActError, offered
from .server import FakeSlack
from .state import Channel, Json
from .transcript import block_html, words

STYLE = """body{font:15px/1.45 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}article{border-left:3px solid #ccc;
padding:.2rem .8rem;margin:.5rem 0}.thread{margin-left:1.5rem}form{display:inline}nav a{margin-right:1rem}dialog{position:static;
margin:1rem 0}.alone{background:#fff7d6}.primary{background:#cfe8d5}.danger{background:#f3cccc}label{display:block}"""


class Hand:
    """Routes for `FakeSlack.pages`; who acts and where stands in the address: /?user=U…&channel=C…"""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self.look), web.post("/act/{what}", self.act)]

    async def look(self, request: web.Request) -> web.Response:
        state = self.slack.state
        user = request.query.get("user") or next(u.id for u in state.users.values() if not u.is_bot)
        channel = self.slack.channel(request.query.get("channel") or next(iter(state.channels)))
        told = f"<p><b>{escape(request.query['told'])}</b></p>" if "told" in request.query else ""
        body = "".join([self._people(user, channel), told, self._modals(user, channel), self._channel(user, channel)])
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Fake Slack</title><style>{STYLE}</style>{body}</html>'
        return web.Response(text=page, content_type="text/html")

    async def act(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        user, channel = form.pop("user"), form.pop("channel")
        try:
            told = await self._do(request.match_info["what"], user, channel, form)
        except CannotActError as impossible:
            told = str(impossible)
        raise web.HTTPSeeOther(f"/?{urlencode({'user': user, 'channel': channel, 'told': told})}")

    async def _do(self, what: str, user: str, channel: str, form: dict[str, str]) -> str:
        slack = self.slack
        if what == "click":
            ack = await slack.click(user, channel, form["ts"], form["action_id"], form.get("value"))
        elif what == "command":
            name, _, text = form["text"].partition(" ")
            if not name.startswith("/"):
                await slack.say(user, channel, form["text"])
                return "said"
            ack = await slack.command(user, name, text, channel)
        elif what == "submit":
            done = await slack.submit(user, values={key: value for key, value in form.items() if value})
            return f"{done.outcome} {done.errors or ''} {done.detail or ''}"
        else:
            await slack.close_view(user)
            return "closed"
        return f"acknowledged in {ack.seconds * 1000:.0f} ms" if ack.acknowledged else f"not acknowledged: {ack.reason}"

    def _people(self, user: str, channel: Channel) -> str:
        state = self.slack.state
        names = [(u.id, u.name) for u in state.users.values() if not u.is_bot]
        who = " ".join(f'<a href="/?user={i}&channel={channel.id}">{"<b>" * (i == user)}{escape(n)}</b></a>' for i, n in names)
        seen = [c for c in state.channels.values() if user in c.members]
        where = " ".join(f'<a href="/?user={user}&channel={c.id}">#{escape(c.name)}</a>' for c in seen)
        return f"<nav>As {who}</nav><nav>In {where}</nav><h2>#{escape(channel.name)}</h2>"

    def _channel(self, user: str, channel: Channel) -> str:
        shown = "".join(self._post(user, channel, message) for message in channel.posts)
        alone = [e.message for e in self.slack.ephemerals if (e.channel, e.user) == (channel.id, user)]
        whispers = "".join(f'<div class="alone">{self._message(user, channel, m)}</div>' for m in alone)
        say = self._form(user, channel, "command", '<input name="text" size="60" placeholder="words, or /crisis …"><button>Send</button>')
        return shown + whispers + say

    def _post(self, user: str, channel: Channel, message: Json) -> str:
        replies = [m for m in channel.thread(message["ts"]) if m is not message]
        inside = "".join(self._message(user, channel, reply) for reply in replies)
        return self._message(user, channel, message) + (f'<div class="thread">{inside}</div>' if inside else "")

    def _message(self, user: str, channel: Channel, message: Json) -> str:
        author = self.slack.state.users.get(message.get("user", ""))
        name = escape(author.name if author else "")
        body = "".join(self._block(user, channel, message, block) for block in message.get("blocks", []))
        return f"<article><b>{name}</b> {body or words(message.get('text', ''))}</article>"

    def _block(self, user: str, channel: Channel, message: Json, block: Json) -> str:
        acting = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        controls = [element for element in acting if "action_id" in element]
        passive = {key: value for key, value in block.items() if key != "accessory" and not (key == "elements" and controls)}
        return block_html(passive) + "".join(self._control(user, channel, message, control) for control in controls)

    def _control(self, user: str, channel: Channel, message: Json, control: Json) -> str:
        hidden = _hidden(ts=message["ts"], action_id=control["action_id"])
        if control["type"] == "button":
            press = f'<button class="{escape(control.get("style", ""))}">{words(control["text"])}</button>'
        else:
            press = f"{_choice('value', control)}<button>OK</button>"
        return self._form(user, channel, "click", hidden + press)

    def _modals(self, user: str, channel: Channel) -> str:
        views = self.slack.views_open(user)
        if not views:
            return ""
        view = views[-1]
        fields = "".join(_field(block) if block["type"] == "input" else block_html(block) for block in view["blocks"])
        submit = f"<p><button>{words(view['submit'])}</button></p>" if view["submit"] else ""
        filled = self._form(user, channel, "submit", fields + submit)
        return (
            f"<dialog open><h3>{words(view['title'])}</h3>{filled}{self._form(user, channel, 'close', '<button>Close</button>')}</dialog>"
        )

    def _form(self, user: str, channel: Channel, what: str, inside: str) -> str:
        return f'<form method="post" action="/act/{what}">{_hidden(user=user, channel=channel.id)}{inside}</form>'


def _hidden(**values: str) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())


def _choice(name: str, control: Json) -> str:
    """A list where options are offered, a line to write in otherwise."""
    choices = offered(control)
    if not choices:
        return f'<input name="{escape(name)}" value="{escape(str(control.get("initial_value", "")))}">'
    listed = "".join(f'<option value="{escape(o["value"])}">{words(o["text"])}</option>' for o in choices)
    return f'<select name="{escape(name)}"><option value=""></option>{listed}</select>'


def _field(block: Json) -> str:
    return f"<label>{words(block['label'])} {_choice(block['block_id'], block['element'])}</label>"

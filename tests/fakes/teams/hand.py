"""A page at / on which one plays every person of the fake Teams by hand: read, click, write, fill in dialogs."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDictProxy

from .controls import CannotActError
from .delivery import Answer
from .html import card_html, pressed, words
from .server import FakeTeams
from .state import Conversation, Message, Person

STYLE = """body{font:15px/1.45 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}article{border-left:3px solid #ccc;
padding:.2rem .8rem;margin:.5rem 0}.thread{margin-left:1.5rem}nav a{margin-right:1rem}dialog{position:static;margin:1rem 0}
.ColumnSet{display:flex;gap:1rem}.positive{background:#cfe8d5}.destructive{background:#f3cccc}label{display:block}p{margin:.3rem 0}"""


class Hand:
    """Routes for `FakeTeams.pages`; who acts and where stands in the address: /?user=NAME&channel=19:…"""

    def __init__(self, teams: FakeTeams) -> None:
        self.teams = teams

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self.look), web.post("/act/{what}", self.act)]

    async def look(self, request: web.Request) -> web.Response:
        person = self.teams.user(request.query.get("user") or self.teams.state.people[0].name)
        where = self._where(person, request.query.get("channel", ""))
        told = f"<p><b>{words(request.query['told'])}</b></p>" if "told" in request.query else ""
        body = "".join([self._nav(person, where), told, self._dialog(person, where), self._conversation(person, where)])
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Fake Teams</title><style>{STYLE}</style>{body}</html>'
        return web.Response(text=page, content_type="text/html")

    async def act(self, request: web.Request) -> web.Response:
        form = await request.post()
        user, channel = str(form["user"]), str(form["channel"])
        try:
            told = await self._do(request.match_info["what"], user, channel, form)
        except CannotActError as impossible:
            told = str(impossible)
        raise web.HTTPSeeOther(f"/?{urlencode({'user': user, 'channel': channel, 'told': told})}")

    async def _do(self, what: str, user: str, channel: str, form: MultiDictProxy[Any]) -> str:
        teams, wanted = self.teams, str(form.get("wanted", ""))
        typed = {name.removeprefix("in:"): [one for one in form.getall(name) if one] for name in form if name.startswith("in:")}
        values = {name: (given if len(given) > 1 else given[0]) if given else None for name, given in typed.items()}
        if what == "click":
            return _said(await teams.click(user, str(form["message"]), wanted, values))
        if what == "submit":
            return _said(await teams.submit(user, values, wanted))
        if what == "extend":
            return _said(await teams.extend(user, str(form["message"]), "make_case"))
        if what == "add":
            await teams.add_to_chat(teams.state.conversations[channel], user)
            return "added"
        if what == "close":
            teams.close_dialog(user)
            return "closed"
        await teams.say(user, channel, str(form["text"]), thread=str(form.get("message", "")))
        return "said"

    def _where(self, person: Person, named: str) -> Conversation:
        chat = self.teams.state.chat(person)
        return chat if not named else self.teams.state.conversations.get(named, chat)

    def _nav(self, person: Person, where: Conversation) -> str:
        state = self.teams.state
        people = " ".join(_link(one.name, one.name, where.id if where.team else "", one is person) for one in state.people)
        seen = [one for one in state.conversations.values() if one.knows(person)]
        rooms = " ".join(_link(_called(one), person.name, one.id, one is where) for one in seen)
        return f"<nav>As {people}</nav><nav>In {rooms}</nav><h2>{escape(where.name)}</h2>"

    def _conversation(self, person: Person, where: Conversation) -> str:
        shown = "".join(self._thread(person, where, one) for one in where.messages)
        hint = "help" if where.person else "@Tocsin help"
        write = f'<p><input name="text" size="60" placeholder="{hint}"> <button>Send</button></p>'
        invite = self._form("add", person, where, "<button>Add the bot</button>") if where.people and not where.bot_is_in else ""
        return shown + self._form("say", person, where, write) + invite

    def _thread(self, person: Person, where: Conversation, root: Message) -> str:
        replies = "".join(self._message(person, where, one) for one in root.replies)
        return self._message(person, where, root) + (f'<div class="thread">{replies}</div>' if replies else "")

    def _message(self, person: Person, where: Conversation, message: Message) -> str:
        name = escape(message.author.name if message.author else self.teams.state.bot["name"])
        card = message.seen_by(person)
        hidden = f'<input type="hidden" name="message" value="{message.id}">'
        shown = self._form("click", person, where, hidden + card_html(card, pressed)) if card else f"<p>{words(message.text)}</p>"
        extend = self._form("extend", person, where, f"{hidden}<button>Make a case of it</button>") if not message.by_bot else ""
        return f"<article><b>{name}</b> {shown}{extend}</article>"

    def _dialog(self, person: Person, where: Conversation) -> str:
        window = self.teams.dialogs.get(person.aad_object_id)
        if window is None:
            return ""
        filled = self._form("submit", person, where, card_html(window.card, pressed))
        close = self._form("close", person, where, "<button>Close</button>")
        return f"<dialog open><h3>{words(window.title)}</h3>{filled}{close}</dialog>"

    def _form(self, what: str, person: Person, where: Conversation, inside: str) -> str:
        whom = f'<input type="hidden" name="user" value="{escape(person.name)}"><input type="hidden" name="channel" value="{where.id}">'
        return f'<form method="post" action="/act/{what}">{whom}{inside}</form>'


def _link(shown: str, user: str, channel: str, here: bool) -> str:
    return f'<a href="/?{escape(urlencode({"user": user, "channel": channel}))}">{"<b>" * here}{escape(shown)}</b></a>'


def _called(conversation: Conversation) -> str:
    return "chat with the bot" if conversation.person else f"#{conversation.name}" if conversation.team else conversation.name


def _said(answer: Answer) -> str:
    return answer.told or answer.reason or answer.url or f"answered in {answer.seconds * 1000:.0f} ms"

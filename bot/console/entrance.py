"""The way in and out: a link that works once, its button, the second factor, signing out."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.guard import check_csrf, check_origin, read_form
from bot.console.visit import CODE, LOGIN, Console, language_of, plain_frame, spoken, tongue_of
from handlers.errors import Told
from handlers.signin import LinkSpent, Need, Visitor
from templates import page, say

KEPT = 12 * 3600  # seconds that a browser keeps the cookie; the session itself ends on our side


@dataclass(frozen=True)
class Entrance:
    console: Console

    async def closed(self, request: Request) -> Response:
        """Nobody is signed in: how to get in."""
        visitor = await self._visitor(request)
        if visitor is not None:
            return RedirectResponse("/" if visitor.need is Need.NOTHING else CODE, 303)
        told = next((word for word in ("over", "out") if word in request.query_params), "")
        return self._page(request, step="closed", told=self._say(request, told) if told else "")

    async def look(self, request: Request) -> Response:
        """A link was followed, by a person or by a scanner of their mail: it is not used yet."""
        token = request.path_params["token"]
        try:
            name, languages = await self.console.acts.signin.invited(token)
        except LinkSpent as spent:
            return self._page(request, 410, step="closed", told=self._told(request, spent))
        return self._page(request, language=spoken(languages, self.console.language), step="link", name=name, action=f"{LOGIN}/{token}")

    async def enter(self, request: Request) -> Response:
        check_origin(request, self.console.public_url)
        try:
            session = await self.console.acts.signin.enter(request.path_params["token"], self.console.session_of(request) or None)
        except LinkSpent as spent:
            return self._page(request, 410, step="closed", told=self._told(request, spent))
        return self._let_in(session)

    async def ask_code(self, request: Request) -> Response:
        visitor = await self._visitor(request)
        if visitor is None or visitor.need is Need.NOTHING:
            return RedirectResponse(LOGIN, 303)
        return await self._code_page(request, visitor)

    async def prove(self, request: Request) -> Response:
        check_origin(request, self.console.public_url)
        form = await read_form(request)
        visitor = await self._visitor(request)
        if visitor is None:
            return RedirectResponse(f"{LOGIN}?over=1", 303)
        check_csrf(form, visitor.csrf)
        try:
            session = await self.console.acts.signin.prove(self.console.session_of(request), form.get("code", [""])[0])
        except Told as told:
            return await self._code_page(request, visitor, told)
        return self._let_in(session)

    async def leave(self, request: Request) -> Response:
        check_origin(request, self.console.public_url)
        form = await read_form(request)
        visitor = await self._visitor(request)
        if visitor is not None:
            check_csrf(form, visitor.csrf)
            await self.console.acts.signin.leave(self.console.session_of(request))
        response = RedirectResponse(f"{LOGIN}?out=1", 303)
        response.delete_cookie(self.console.cookie, path="/", secure=self.console.secure, httponly=True, samesite="lax")
        return response

    async def _visitor(self, request: Request) -> Visitor | None:
        return await self.console.acts.signin.visitor(self.console.session_of(request))

    async def _code_page(self, request: Request, visitor: Visitor, told: Told | None = None) -> Response:
        offer = await self.console.acts.signin.enrolment(self.console.session_of(request))
        picture = segno.make(offer, error="m").svg_data_uri(scale=5, border=3, light="#fff") if offer else ""
        secret = parse_qs(urlsplit(offer).query)["secret"][0] if offer else ""
        language = tongue_of(visitor, self.console.language).language
        values = {"step": "code", "picture": picture, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}
        status = 403 if told else 200
        words = self._told(request, told, language) if told else ""
        return self._page(request, status, language, csrf=visitor.csrf, told=words, **values)

    def _let_in(self, session: str) -> Response:
        """Lax, since a link to a case that a colleague sends must open; acts need POST, our origin and the session's own sign."""
        response = RedirectResponse("/", 303)
        response.set_cookie(self.console.cookie, session, max_age=KEPT, path="/", secure=self.console.secure, httponly=True, samesite="lax")
        return response

    def _told(self, request: Request, told: Told, language: str = "") -> str:
        return say(told.template, language or language_of(request, self.console.language), **told.facts)

    def _say(self, request: Request, word: str) -> str:
        return say(f"signin.{word}", language_of(request, self.console.language))

    def _page(self, request: Request, status: int = 200, language: str = "", **values: object) -> Response:
        chosen = language or language_of(request, self.console.language)
        words = {"s": lambda name, /, **facts: say(f"signin.{name}", chosen, **facts)}
        return HTMLResponse(
            page("signin.html", {**plain_frame(self.console, chosen), "told": "", "picture": "", **words, **values}), status
        )

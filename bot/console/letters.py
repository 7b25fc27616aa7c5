"""The page behind a link of our mails: anybody may look, a mail's scanner too; only its button acts, and only for whom it was sent to."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.html import card_values
from bot.console.visit import Console, language_of, plain_frame, spoken, tongue_of_nobody
from handlers.errors import LinkBroken, LinkOver, NothingWaits, Told
from handlers.escalation.links import PATH, Links
from templates import page

HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}  # the address itself is the secret


@dataclass(frozen=True)
class Letters:
    """Whoever holds a link may use it: no session, and no other sign than the link, which no other site can know."""

    console: Console
    links: Links

    async def look(self, request: Request) -> Response:
        """How it stands now. Changes nothing, however often it is asked."""
        return await self._show(request)

    async def acknowledge(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            await self.links.acknowledge(token)
        except NothingWaits:
            return await self._show(request, taken=True)
        except Told as told:
            return self._refused(request, told)
        return RedirectResponse(f"{PATH}{token}", 303, headers=HEADERS)

    async def _show(self, request: Request, *, taken: bool = False) -> Response:
        """`taken`: the button was pressed when nothing was left to be had."""
        token = request.path_params["token"]
        try:
            lead = await self.links.show(token)
        except Told as told:
            return self._refused(request, told)
        language = spoken([lead.language], self.console.language)
        tongue = tongue_of_nobody(language)
        values = {"lead": lead, "card": card_values(lead.card, tongue), "action": f"{PATH}{token}", "told": "", "said": tongue.said}
        return self._page(language, values, 410 if taken and not lead.theirs else 200)

    def _refused(self, request: Request, told: Told) -> Response:
        language = language_of(request, self.console.language)
        return self._page(language, {"lead": None, "card": None, "told": tongue_of_nobody(language).speak(told.words)}, _status(told))

    def _page(self, language: str, values: dict[str, object], status: int) -> Response:
        return HTMLResponse(page("acknowledge.html", {**plain_frame(self.console, language), **values}), status, headers=HEADERS)


def _status(told: Told) -> int:
    if isinstance(told, LinkBroken):
        return 404
    return 410 if isinstance(told, LinkOver) else 403

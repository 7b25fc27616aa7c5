"""The console: the workspace that is a web page of our own, the room to go to when the others are down or not trusted."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import templates
from bot.console import acts as doing
from bot.console import answers, approvals, cases, crisis, duty, house, insight, ladders, people
from bot.console.entrance import Entrance
from bot.console.guard import read_json
from bot.console.letters import Letters
from bot.console.live import Live
from bot.console.visit import LOGIN, Console, acting, outer, reading
from handlers.acts import Act
from handlers.escalation.links import PATH, Links
from handlers.signin import Need
from handlers.use_cases import UseCases

__all__ = ["routes", "sign_in_link"]

_FILES = {
    **dict.fromkeys(("console.css", "answers.css", "crisis.css", "ladders.css", "insight.css"), "text/css"),
    **dict.fromkeys(("console.js", "writing.js"), "text/javascript"),
    **dict.fromkeys(("bell.svg", "quiet.svg"), "image/svg+xml"),
}


def sign_in_link(public_url: str, token: str) -> str:
    """The address to hand to one person; it works once."""
    return f"{public_url.rstrip('/')}{LOGIN}/{token}"


def routes(acts: UseCases, links: Links, public_url: str, language: str = "en", live: Live | None = None) -> Sequence[BaseRoute]:
    """Every address of the console. `public_url` is where people reach it ("https://crisis.example.com"); `language` is the house's own."""
    files = _read_files()
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    console = Console(acts, public_url.rstrip("/"), language, version, live or Live(acts.desk.newest))
    letters, figures = Letters(console, links), insight.Insight()
    return [
        Route("/", reading(console, cases.show_queue)),
        Route("/cases/{number}", reading(console, cases.show_case)),
        Route("/cases/{number}/writing", acting(console, answers.write, read_json), methods=["POST"]),
        Route("/act/{act}", acting(console, doing.act), methods=["POST"]),
        Route("/next", acting(console, cases.take_next), methods=["POST"]),
        Route("/approvals", reading(console, approvals.show_approvals)),
        Route("/approvals", acting(console, approvals.release), methods=["POST"]),
        Route("/waiting", reading(console, ladders.show_waiting)),
        Route("/waiting", acting(console, ladders.acknowledge_each), methods=["POST"]),
        Route("/duty", reading(console, duty.show_duty)),
        Route("/drill/{act}", acting(console, duty.drill), methods=["POST"]),
        Route("/flow.svg", reading(console, duty.show_flow)),
        Route("/flow/{ladder}.svg", reading(console, duty.show_flow)),
        Route(f"{PATH}{{token}}", outer(console, letters.look)),
        Route(f"{PATH}{{token}}", outer(console, letters.acknowledge), methods=["POST"]),
        Route("/crisis", reading(console, crisis.show_crisis)),
        Route("/status", reading(console, house.show_status)),
        Route("/search", reading(console, insight.show_search)),
        Route("/insight", reading(console, figures.show)),
        Route("/digests", acting(console, figures.digest), methods=["POST"]),
        Route("/insight.csv", reading(console, figures.csv)),
        Route("/insight/{name}.png", reading(console, figures.picture)),
        Route("/crisis/open", acting(console, house.open_crisis), methods=["POST"]),
        Route("/crisis/close", acting(console, house.close_crisis), methods=["POST"]),
        Route("/crisis/{act}", acting(console, crisis.act), methods=["POST"]),
        Route("/record", reading(console, house.show_record)),
        Route("/record", acting(console, house.record), methods=["POST"]),
        Route("/workspaces", reading(console, house.show_workspaces)),
        Route("/workspaces", acting(console, house.mark_workspace), methods=["POST"]),
        Route("/people", reading(console, people.show_people)),
        Route("/people/{act}", acting(console, people.act), methods=["POST"]),
        Route("/events", outer(console, lambda request: _events(console, request))),
        *_ways_in(console, Entrance(console)),
        Route("/static/{name}", outer(console, lambda request: _file(files, version, request))),
    ]


def _ways_in(console: Console, entrance: Entrance) -> Sequence[BaseRoute]:
    return [
        Route(LOGIN, outer(console, entrance.closed)),
        Route(f"{LOGIN}/code", outer(console, entrance.ask_code)),
        Route(f"{LOGIN}/code", outer(console, entrance.prove), methods=["POST"]),
        Route(f"{LOGIN}/{{token}}", outer(console, entrance.look)),
        Route(f"{LOGIN}/{{token}}", outer(console, entrance.enter), methods=["POST"]),
        Route("/sign-out", outer(console, entrance.leave), methods=["POST"]),
    ]


def _read_files() -> dict[str, bytes]:
    pages = Path(templates.__file__).parent / "pages"
    return {name: (pages / name).read_bytes() for name in _FILES}


async def _file(files: dict[str, bytes], version: str, request: Request) -> Response:
    """Kept for ever only under our own version: while replicas are renewed, a page of the next one may ask us for its style sheet."""
    name = request.path_params["name"]
    if name not in files:
        return Response(status_code=404)
    kept = "public, max-age=31536000, immutable" if request.url.query == version else "no-cache"
    return Response(files[name], media_type=_FILES[name], headers={"Cache-Control": kept})


async def _events(console: Console, request: Request) -> Response:
    """Numbers only: what changed is asked for by the page itself, with its own session."""
    session = console.session_of(request)

    async def welcome() -> bool:
        visitor = await console.acts.signin.visitor(session)
        return visitor is not None and visitor.need is Need.NOTHING and Act.SEE in visitor.acts

    async def news() -> AsyncIterator[dict[str, str]]:
        async for newest in console.live.listen(welcome):
            yield {"event": "change", "data": str(newest)}
        yield {"event": "over", "data": "1"}

    if not await welcome():
        return Response(status_code=401)
    return EventSourceResponse(news(), ping=15, headers={"X-Accel-Buffering": "no"})

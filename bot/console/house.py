"""The pages about the house itself: how things stand, the crisis, contacts to record, which workspaces are trusted."""

from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from bot.console.html import form_values
from bot.console.visit import Visit
from handlers.acts import Act
from handlers.cards import log_form
from handlers.errors import Told
from handlers.insight.status import cost_lines

_SEVERITIES = ("low", "normal", "high", "critical")


async def show_status(visit: Visit) -> Response:
    standing = await visit.acts.desk.status(visit.who)
    counts, tongue = standing.counts, visit.tongue
    tags = visit.acts.queue.tags
    tables = {
        "by_severity": [("", counts.by_severity.get(level, 0), _SEVERITIES[level]) for level in (3, 2, 1, 0)],
        "by_tag": [(tags[tag].in_(tongue.language) if tag in tags else tag, count, "") for tag, count in counts.by_tag.items()],
        "by_network": [(tongue.say("network", name=name), count, "") for name, count in counts.by_network.items()],
        "by_language": [(tongue.say("language", code=code), count, "") for code, count in counts.by_language.items()],
    }
    doors = [{"name": door.door, "state": door.state, "words": _door_words(visit, door)} for door in standing.doors]
    backlog = [
        {
            "line": tongue.say("backlog_line", lane=one.lane, rows=one.rows, oldest=tongue.wait(one.oldest_at)),
            "state": tongue.say("send_state", word=str(one.state)),
        }
        for one in standing.backlog
    ]
    oldest = tongue.wait(counts.oldest_unowned_at) if counts.oldest_unowned_at else ""
    costs = [visit.tongue.speak(line) for line in cost_lines(standing.costs)]
    values = {"counts": counts, "tables": tables, "doors": doors, "backlog": backlog, "oldest": oldest, "costs": costs}
    return await visit.show("status.html", values)


def _door_words(visit: Visit, door: Any) -> str:
    tongue = visit.tongue
    if door.state == "well":
        return tongue.say("door_well", last=tongue.moment(door.last_success_at) if door.last_success_at else "")
    return tongue.say(f"door_{door.state}", since=tongue.moment(door.since), reason=door.reason or "")


async def open_crisis(visit: Visit) -> Response:
    await visit.acts.crises.open(visit.who, visit.one("name"))
    return RedirectResponse("/crisis", 303)


async def close_crisis(visit: Visit) -> Response:
    await visit.acts.crises.close(visit.who)
    return RedirectResponse("/crisis", 303)


async def show_record(visit: Visit) -> Response:
    return await visit.show("record.html", {"record": form_values(log_form(), visit.tongue), "told": ""})


async def record(visit: Visit) -> Response:
    given = [visit.one(name) for name in ("way", "name", "reach_at", "text")]
    try:
        number = await visit.acts.logbook.record(visit.who, *given)
    except Told as told:
        values = {"record": form_values(log_form(), visit.tongue, visit.form), "told": visit.tongue.speak(told.words)}
        return await visit.show("record.html", values, 409)
    return RedirectResponse(f"/cases/{number}", 303)


async def show_workspaces(visit: Visit) -> Response:
    asked = visit.request.query_params.get("acts", "")
    standings = await visit.acts.workspaces.all(visit.who)
    named = asked if asked in {one.name for one in standings} else ""
    done = await visit.acts.workspaces.acts_of(visit.who, named) if named else []
    tongue = visit.tongue
    acts = [
        {
            "at": tongue.moment(one.at),
            "person": one.person,
            "act": tongue.said("timeline.act", name=one.act),
            "case": one.chain.removeprefix("case:") if one.chain.startswith("case:") else "",
        }
        for one in done
    ]
    values = {"standings": standings, "asked": named, "acts": acts, "may_mark": visit.may(Act.MARK_WORKSPACE)}
    return await visit.show("workspaces.html", values)


async def mark_workspace(visit: Visit) -> Response:
    name, trusted = visit.one("name"), visit.one("trusted") == "1"
    await visit.acts.workspaces.mark(visit.who, name, trusted=trusted)
    return RedirectResponse("/workspaces" if trusted else f"/workspaces?acts={quote(name)}", 303)

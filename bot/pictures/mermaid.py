"""A FLOW as Mermaid text, which GitHub, GitLab and most wikis draw by themselves: https://mermaid.js.org/syntax/flowchart.html"""

from collections.abc import Iterator

from bot.pictures.words import Tongue
from handlers.pictures.flow_picture import FlowPicture, Lane, Stop

CLASSES = {
    "critical": "fill:#fdebe8,stroke:#b3160c,color:#1d1b18",
    "high": "fill:#fdf0e1,stroke:#a14a00,color:#1d1b18",
    "normal": "fill:#e9f2ee,stroke:#2c6a52,color:#1d1b18",
    "low": "fill:#f6f4f0,stroke:#6d675d,color:#1d1b18",
    "plain": "fill:#e9eff9,stroke:#1f4fa3,color:#1d1b18",
    "head": "fill:#fffefc,stroke:#5b564d,stroke-width:2px,color:#1d1b18",
    "again": "fill:#fffefc,stroke:#b5aea1,color:#1d1b18,stroke-dasharray:5 4",
    "last": "fill:#fdebe8,stroke:#b3160c,color:#b3160c",
}
PLAIN = set(" ,’·…")  # between letters and digits these mean nothing to Mermaid


def flow_mermaid(picture: FlowPicture, language: str) -> str:
    tongue = Tongue(language)
    rows = ["flowchart LR"]
    if picture.ladders:
        rows.append(f'  begin(["{quoted(tongue.say("new_case"))}"])')
    for place, lane in enumerate(picture.ladders):
        rows += _lane(lane, f"l{place}", tongue, begins=True)
    for place, lane in enumerate(picture.approvals):
        rows += _lane(lane, f"a{place}", tongue, begins=False)
    rows += [f"  classDef {name} {style}" for name, style in CLASSES.items()]
    return "\n".join(rows) + "\n"


def quoted(words: str) -> str:
    """Letters and digits as they are, all else as Mermaid's entity codes: nothing in a label is read as Mermaid, Markdown or HTML."""
    return "".join(sign if sign in PLAIN or _harmless(sign) else f"#{ord(sign)};" for sign in words)


def _harmless(sign: str) -> bool:
    return sign.isalpha() or sign.isdigit()


def _lines(words: list[str]) -> str:
    return "<br/>".join(quoted(one) for one in words)


def _lane(lane: Lane, node: str, tongue: Tongue, *, begins: bool) -> Iterator[str]:
    """No subgraph: Mermaid writes its title over what stands in it, and turns the order of lanes round."""
    yield f'  {node}("{_lines([tongue.speak(lane.title), *(tongue.speak(mark.words) for mark in lane.marks)])}"):::head'
    if begins:
        yield f'  begin -->|"{_lines([tongue.speak(words) for words in lane.leads])}"| {node}'
    for place, stop in enumerate(lane.stops):
        yield f'  {node}s{place}["{_lines(_stop(stop, tongue))}"]:::{stop.kind if stop.kind in CLASSES else lane.tone}'
        yield f"  {node}s{place - 1} --> {node}s{place}" if place else f"  {node} --> {node}s{place}"


def _stop(stop: Stop, tongue: Tongue) -> list[str]:
    said = [f"{tongue.speak(stop.at)}", *(tongue.speak(item.words) for item in (*stop.who, *stop.how))]
    return [*said, tongue.speak(stop.note)] if stop.note is not None else said

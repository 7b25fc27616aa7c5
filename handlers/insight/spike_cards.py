"""What a spike looks like: how many, against how many would be usual, and three messages of it; rendered when it leaves."""

from collections.abc import Mapping
from typing import Any

from flows.flow import Flow
from handlers.ports import Card, CustomerText, Label, Words
from storage.database import Work
from storage.insight import spikes, voices
from storage.insight.spikes import TAG, Spike

KIND = "spike"


async def spike_card(work: Work, flow: Flow, facts: Mapping[str, Any]) -> Card | None:
    """Of the spikes and the messages that a row names; None when none of the spikes is left."""
    from flows.voices import sayable  # noqa: PLC0415 - numpy loads after the bot is ready

    seen = await spikes.by_ids(work, facts["ids"])
    if not seen:
        return None
    said = [sayable(one.text, one.language) for one in await voices.by_ids(work, facts["mentions"])]
    quoted = [CustomerText(words) for words in said if words]
    heading = [Words("spike.examples", {"count": len(quoted)})] if quoted else []
    return Card(
        title=Words("spike.title", told(seen[0], flow)),
        body=(*(Words("spike.also", told(one, flow)) for one in seen[1:]), *heading, *quoted),
        small=(Words("spike.once"),),
        tone="high",
    )


def told(spike: Spike, flow: Flow) -> dict[str, object]:
    kind, _, what = spike.what.partition(":")
    label = Label(flow.tags[what].label) if f"{kind}:" == TAG and what in flow.tags else what
    return {"kind": kind, "what": label, "count": spike.count, "usual": spike.usual}


def kept(spike: Spike, flow: Flow) -> dict[str, object]:
    """The same as plain values, for words that are kept until they leave."""
    facts = told(spike, flow)
    return {**facts, "what": {"label": dict(facts["what"].by_language)}} if isinstance(facts["what"], Label) else facts

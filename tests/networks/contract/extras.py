"""What a stage may offer beside what it must: an attribute or a method of the stage, each with what holds where it is missing.

Of what it must: `fault(fault, 0)` ends that fault, whatever of it is left. LOST waits for a call that changes something. What nobody can
do there raises NotImplementedError.
"""

from collections.abc import Mapping
from typing import Any

LONG = 10_000


def customers_write(stage: Any) -> int:
    """`customers_write`: how many characters a customer can write there, where that is less than 10,000."""
    return int(getattr(stage, "customers_write", LONG))


def garbles(stage: Any) -> bool:
    """`async garble()`: something arrives that cannot be read."""
    return hasattr(stage, "garble")


def keeps_order(stage: Any) -> bool:
    """`keeps_order = False`: the other side itself hands on what came in one second in any order."""
    return bool(getattr(stage, "keeps_order", True))


def secrets(stage: Any) -> tuple[str, ...]:
    """`secrets`: the tokens and passwords that the adapter was given."""
    return tuple(getattr(stage, "secrets", ()))


def environment(stage: Any) -> Mapping[str, str] | None:
    """`environment`: the variables by which another process connects to this stage while it is open; the kill bench needs them."""
    return getattr(stage, "environment", None)


def connects_by(stage: Any) -> str:
    """`connects_by`: the module whose `connect(settings, purse)` does that."""
    return str(getattr(stage, "connects_by", f"bot.networks.{stage.network.name}"))


async def lift_limits(stage: Any) -> None:
    """`async lift_limits()`: the other side no longer counts how often it is called; the kill bench is about other things than pace."""
    if hasattr(stage, "lift_limits"):
        await stage.lift_limits()


def says_slowly(stage: Any) -> float:
    """`arrives_within`: seconds until what a customer wrote can be heard, where it takes longer than usual."""
    return float(getattr(stage, "arrives_within", 20))

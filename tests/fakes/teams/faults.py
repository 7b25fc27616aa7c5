"""Failures on demand: the next call of an operation, or a share of all calls, goes wrong in a chosen way."""

from collections import deque

from tests.fakes.slack.faults import Faults as AnyFaults

# Before: the call is not carried out. After: it is carried out, and the answer is lost.
BEFORE = {"429", "412", "500", "502", "503", "504", "timeout", "close", "garbage", "error", "slow"}
AFTER = {f"{kind}_after_accept" for kind in ("timeout", "close", "500", "502", "504")}


class Faults(AnyFaults):
    """`next` plans exact failures; `chance` rolls a seeded die for every call.

    Kinds: "429" or "429:SECONDS", "412", "500", "502", "503", "504", "timeout", "close" (connection cut), "garbage" (200 with
    HTML), "error:STATUS:CODE", "slow:SECONDS" (then all is well), and "…_after_accept" for timeout, close, 500, 502, 504.
    Operations: send, update, delete, create, members, team, token, openid, keys, graph, and "*" for every one.
    """

    def next(self, method: str, kind: str, count: int = 1) -> None:
        if kind.partition(":")[0] not in BEFORE | AFTER:
            raise ValueError(f"no such fault: {kind}")
        self._planned.setdefault(method, deque()).extend([kind] * count)

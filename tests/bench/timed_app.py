"""`python timed_app.py FILE app.py`: runs our app as it is, and writes to FILE when each of its transactions was durable.

A line a commit: the moment that the transaction called now, and the moment at which it had been committed, as seconds since 1970.
"""

import runpy
import sys
import time
from pathlib import Path
from typing import TextIO

from storage.database import Work

_commit = Work.commit


def _time_commits(file: TextIO) -> None:
    async def timed(work: Work) -> None:
        now = await work.now()
        await _commit(work)
        file.write(f"{now.timestamp():.6f} {time.time():.6f}\n")

    Work.commit = timed  # type: ignore[method-assign]


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", buffering=1) as file:
        _time_commits(file)
        sys.argv = sys.argv[2:]
        runpy.run_path(sys.argv[0], run_name="__main__")

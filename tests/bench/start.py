"""Measures a start: from the process's first moment until /readyz says 200, beside the bare import of the same libraries; and the memory at rest."""

import argparse
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.bench.progress import finish, say, table, watched
from tests.running_app import RunningApp

RUNS = 9
GOALS = {"ready over import": "≤ 1.5", "idle_mb": "≤ 250"}
QUIET = 3.0  # seconds after the models are at work
IMPORT = "import importlib, sys\nfor name in sys.stdin.read().split(): importlib.import_module(name)\nprint('done', flush=True)\nsys.stdin.close()"


def libraries(folder: Path) -> list[str]:
    """The modules of other people's packages that a ready app has imported, in the order in which it did."""
    with RunningApp(folder, observed=True) as app:
        return [name for name in app.modules() if _is_a_library(name)]


def _is_a_library(name: str) -> bool:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return False
    return spec is not None and bool(spec.origin) and "site-packages" in str(spec.origin)


def bare_import(names: list[str]) -> float:
    """Seconds until a fresh interpreter has imported them."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", IMPORT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("\n".join(names))
        process.stdin.close()
        assert process.stdout.readline() == "done\n"
        return time.perf_counter() - began


def start(folder: Path) -> float:
    with RunningApp(folder) as app:
        return app.until_ready()


def idle_memory(folder: Path) -> float:
    """MB once the models sort what the demo plays."""
    with RunningApp(folder) as app:
        app.until_ready()
        before, until = app.stored(), time.monotonic() + 60
        while app.stored() <= before and time.monotonic() < until:
            time.sleep(0.2)
        assert app.stored() > before, "the models never came to work"
        time.sleep(QUIET)
        return app.memory_mb()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.start", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    runs = 3 if parser.parse_args().small else RUNS
    with tempfile.TemporaryDirectory(prefix="tocsin-start-") as name:
        folder = Path(name)
        names = libraries(folder)  # the first start also makes the database
        packages = sorted({one.partition(".")[0] for one in names})
        say(f"demo settings, SQLite that exists, console and /readyz; {runs} starts in turns with bare imports of {len(names)} modules of")
        say(", ".join(packages))
        ready, imported = [], []
        for _ in watched(range(runs), "starting and importing in turns"):
            ready.append(start(folder))
            imported.append(bare_import(names))
        idle = idle_memory(folder)
    ratio = median(ready) / median(imported)
    lines = [
        ("ready, seconds", f"{median(ready):.3f}", ""),
        ("bare import, seconds", f"{median(imported):.3f}", ""),
        ("ready / import", f"{ratio:.2f}", GOALS["ready over import"]),
        ("at rest with the models loaded, MB", f"{idle:.0f}", GOALS["idle_mb"]),
    ]
    table("start (medians)", ("", "found", "goal"), lines)
    finish({"ready_s": round(median(ready), 3), "import_s": round(median(imported), 3), "idle_mb": round(idle)})


if __name__ == "__main__":
    main()

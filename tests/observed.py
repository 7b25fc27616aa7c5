"""`python observed.py FILE PORT app.py …`: runs a program and writes the names of its modules, in order of import, to FILE when it is ready.

A program of its own: what it imports, every Python program of ours does.
"""

import json
import runpy
import socket
import sys
import threading
import time
from pathlib import Path


def _ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _observe(file: Path, port: int) -> None:
    while not _ready(port):
        time.sleep(0.003)
    written = file.with_suffix(".part")
    written.write_text(json.dumps(list(sys.modules)))
    written.rename(file)


if __name__ == "__main__":
    observed, port, program = sys.argv[1:4]
    threading.Thread(target=_observe, args=(Path(observed), int(port)), daemon=True).start()
    sys.path[0] = str(Path(program).parent)
    sys.argv = sys.argv[3:]
    runpy.run_path(program, run_name="__main__")

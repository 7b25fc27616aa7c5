"""What customers wrote lies in files: only the account that runs the bot may read them."""

import subprocess
import sys
from pathlib import Path

from tests.builders import ROOT


def run(folder: Path, *command: str) -> None:
    """As a person would in a shell that lets everybody read new files."""
    environment = {"DATABASE_URL": f"sqlite:///{folder}/tocsin.db", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(ROOT / "app.py"), *command], cwd=folder, env=environment, check=True, umask=0o022)


def test_the_database_its_lock_and_its_copies_are_for_their_owner_alone(tmp_path):
    run(tmp_path, "migrate")
    run(tmp_path, "backup", "copy.db")
    run(tmp_path, "restore", "copy.db")
    seen = {file.name: oct(file.stat().st_mode & 0o077) for file in tmp_path.iterdir()}
    assert {"tocsin.db", "tocsin.db.before-restore", "tocsin.db.lock-sender", "copy.db"} <= set(seen)
    assert set(seen.values()) == {"0o0"}, seen

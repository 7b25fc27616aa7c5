"""Whoever reads what a command prints may stop when they have seen enough."""

import os
import subprocess
import sys

from tests.builders import ROOT


def test_a_reader_who_has_had_enough_is_no_error(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    command = f"{sys.executable} {ROOT / 'app.py'} describe mention | true"
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr == ""

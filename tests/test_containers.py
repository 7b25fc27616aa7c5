"""What Dockerfile, compose.yaml and Caddyfile name exists, fits together, and is enough to run."""

import json
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.server import FAREWELL, PATIENCE, UNDER_WAY
from bot.settings import Settings
from bot.web import Probes
from tests.builders import ROOT
from tests.running_app import RunningApp

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
REPLICAS = [name for name in SERVICES if name.startswith("web-")]
CADDY = (ROOT / "Caddyfile").read_text(encoding="utf-8")
STEPS = [
    (step.partition(" ")[0], step.partition(" ")[2].strip())
    for step in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))).splitlines()
    if step.strip()
]
COPIED = [name for verb, rest in STEPS if verb == "COPY" for name in rest.split()[:-1]]
PROBES = {route.path for route in Probes(None, None, None, False).routes()}  # type: ignore[arg-type] - their addresses only
SECONDS = {"s": 1, "m": 60}


def said(verb: str) -> list[str]:
    return [rest for said, rest in STEPS if said == verb]


def seconds(time: str) -> int:
    return int(time[:-1]) * SECONDS[time[-1]]


def test_the_image_holds_every_room_and_what_it_needs():
    assert {"app.py", "requirements.txt", "bot", "handlers", "flows", "storage", "templates", "samples", "people.example.yaml"} == set(
        COPIED
    )
    assert all((ROOT / name).exists() for name in COPIED)


def test_the_builder_is_given_what_the_image_copies_and_nothing_secret():
    lines = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(COPIED)
    assert not any(fnmatch(".env", line[1:]) for line in lines if line.startswith("!"))


def test_the_image_is_pinned_runs_as_nobody_in_particular_and_hears_sigterm():
    assert said("FROM") == ["python:3.11-slim"]
    assert all("==" in line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert said("USER") == ["tocsin"]
    assert json.loads(said("ENTRYPOINT")[0]) == ["python", "/app/app.py"]
    assert json.loads(said("CMD")[0]) == ["run"]
    after = [verb for verb, _ in STEPS]
    assert "RUN" not in after[after.index("USER") :], "nothing is installed that the process could change"


def test_the_check_of_the_image_asks_an_address_that_there_is():
    check = json.loads(said("HEALTHCHECK")[0].partition("CMD ")[2])
    compile(check[2], "HEALTHCHECK", "exec")
    assert {path for path in PROBES if path in check[2]} == {"/healthz"}
    assert dict(pair.split("=", 1) for pair in said("ENV")[0].split())["PORT"] == said("EXPOSE")[0]


def test_every_file_that_compose_names_is_here_or_has_an_example():
    binds = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    sources = {volume["source"] if isinstance(volume, dict) else volume.partition(":")[0] for volume in binds}
    files = {Path(source) for source in sources if source.startswith("./")}
    assert files == {Path("people.yaml"), Path("Caddyfile")}
    assert all((ROOT / file).exists() or (ROOT / f"{file.stem}.example{file.suffix}").exists() for file in files)
    assert {source for source in sources if not source.startswith("./")} == set(COMPOSE["volumes"])
    assert (ROOT / f"{SERVICES['migrate']['env_file']}.example").exists()


def test_every_setting_that_compose_gives_a_process_is_one_of_ours():
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    for name in ("migrate", *REPLICAS):
        assert set(SERVICES[name]["environment"]) <= known


def test_two_replicas_start_after_the_database_is_in_shape():
    assert len(REPLICAS) == 2
    for name in REPLICAS:
        assert SERVICES[name]["depends_on"] == {
            "postgres": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }
    assert SERVICES["migrate"]["command"] == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_a_replica_has_the_time_that_it_needs_to_leave():
    needed = FAREWELL + UNDER_WAY + PATIENCE
    assert needed < 25
    assert all(seconds(SERVICES[name]["stop_grace_period"]) > needed for name in REPLICAS)
    assert all(SERVICES[name]["init"] for name in REPLICAS), "as process 1 it would not hear a signal before it listens for one"


def test_the_balancer_knows_the_replicas_and_sees_in_time_when_one_leaves():
    port = SERVICES[REPLICAS[0]]["environment"]["PORT"]
    assert re.findall(r"[\w-]+:\d+", CADDY.partition("TOCSIN_REPLICAS:")[2].partition("}")[0]) == [f"{name}:{port}" for name in REPLICAS]
    told = dict(line.split(maxsplit=1) for line in CADDY.splitlines() if line.strip().startswith("health_"))
    assert told["health_uri"] == "/readyz"
    assert told["health_uri"] in PROBES
    assert 2 * seconds(told["health_interval"]) < FAREWELL, "it asks twice before the door closes"


@pytest.mark.slow
def test_what_the_image_holds_is_enough_to_run(tmp_path: Path):
    image, data = tmp_path / "app", tmp_path / "data"
    data.mkdir()
    for name in COPIED:
        source = ROOT / name
        image.mkdir(exist_ok=True)
        shutil.copytree(source, image / name) if source.is_dir() else shutil.copy(source, image)
    with RunningApp(data, {"PYTHONPATH": ""}, program=(str(image / "app.py"), "run")) as app:
        app.until_ready()
        assert {app.status(path) for path in ("/healthz", "/readyz")} == {200}
        assert app.status("/sign-in") == 200

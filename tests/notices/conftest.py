"""Each service that wakes people, running; and a certificate for this machine that nobody trusts but who is told to."""

import shutil
import subprocess

import pytest

from tests.notices.post import FAKES, SHAPES
from tests.notices.services import running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """The files of a certificate and its key."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture(params=list(SHAPES))
def way(request):
    return request.param


@pytest.fixture
async def service(way):
    async with running(FAKES[way]()) as running_service:
        yield running_service

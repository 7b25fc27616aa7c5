"""How a test tells somebody by each service: our courier on one side, the fake on the other."""

from base64 import b64encode

import aiohttp
import pytest
from pydantic import SecretStr

from bot.notices.shapes import Ntfy, PagerDuty, Twilio
from bot.notices.webhook import Webhook
from handlers.errors import SendError
from tests.notices.builders import ANA, notice
from tests.notices.services import ACCOUNT, NTFY_TOKEN, NUMBER, OWN_KEY, ROUTING_KEY, FakeNtfy, FakePagerDuty, FakeTwilio

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
SHORT = aiohttp.ClientTimeout(total=0.3, connect=0.2)
SHAPES = {"pagerduty": PagerDuty(ROUTING_KEY), "twilio": Twilio(ACCOUNT, NUMBER), "ntfy": Ntfy(NTFY_TOKEN)}
FAKES = {"pagerduty": FakePagerDuty, "twilio": FakeTwilio, "ntfy": FakeNtfy}
SECRETS = (ROUTING_KEY, OWN_KEY, ACCOUNT, ACCOUNT.partition(":")[2], b64encode(ACCOUNT.encode()).decode(), NTFY_TOKEN, SECRET, "ana-topic")


def courier(service, shape=None, patience=SHORT):
    named = {FakePagerDuty: "pagerduty", FakeTwilio: "twilio", FakeNtfy: "ntfy"}[type(service)]
    return Webhook(shape or SHAPES[named], service.url, SecretStr(SECRET), patience)


async def told(service, given=None, shape=None):
    way = courier(service, shape)
    return await way.tell(way.address(ANA), given or notice())


async def failed(service, *faults, given=None) -> SendError:
    service.faults[:] = faults
    with pytest.raises(SendError) as error:
        await told(service, given)
    return error.value

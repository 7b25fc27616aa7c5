"""What PagerDuty, Twilio and ntfy make of a notice, each in its own way."""

import pytest

from bot.notices.shapes import OURS, Ntfy, PagerDuty, Twilio
from handlers.couriers import Colleague
from handlers.errors import DoorClosed, Refused
from handlers.ports import Words
from tests.notices.builders import ANA, LINK, NOBODY, line, notice, over
from tests.notices.post import courier, failed, told
from tests.notices.services import ACCOUNT, NUMBER, OWN_KEY, ROUTING_KEY, says


@pytest.mark.parametrize(
    ("shape", "colleague", "address"),
    [
        (PagerDuty(ROUTING_KEY), ANA, OWN_KEY),
        (PagerDuty(ROUTING_KEY), NOBODY, OURS),
        (PagerDuty(), NOBODY, None),
        (PagerDuty(), Colleague("x", "en", pagers={"pagerduty": "a key\r\n"}), None),
        (Twilio(ACCOUNT, NUMBER), ANA, "+34600000001"),
        (Twilio(ACCOUNT, NUMBER), NOBODY, None),
        (Twilio(ACCOUNT, NUMBER), Colleague("x", "en", phone="600 00 00 01"), None),
        (Ntfy(), ANA, "ana-topic"),
        (Ntfy(), NOBODY, None),
        (Ntfy(), Colleague("x", "en", pagers={"ntfy": "../admin"}), None),
    ],
)
def test_a_way_reaches_only_those_whose_address_we_know(shape, colleague, address):
    assert shape.address(colleague) == address


@pytest.mark.parametrize("way", ["pagerduty"])
class TestPagerDuty:
    async def test_a_notice_told_again_is_the_same_incident_and_what_is_over_ends_it(self, service, way):
        await told(service)
        await told(service)
        assert (service.incidents, len(service.open)) == (1, 1)
        await told(service, over())
        assert service.open == set()

    async def test_people_without_a_key_of_their_own_are_rung_by_the_house(self, service, way):
        way_out = courier(service)
        await way_out.tell(way_out.address(NOBODY), notice())
        assert service.taken[0]["routing_key"] == ROUTING_KEY

    @pytest.mark.parametrize(("severity", "theirs"), [("critical", "critical"), ("high", "error"), ("normal", "warning"), ("low", "info")])
    async def test_the_alert_says_how_grave_it_is_and_where_to_acknowledge(self, service, way, severity, theirs):
        await told(service, notice(severity=severity))
        event = service.taken[0]
        assert (event["payload"]["severity"], event["links"]) == (theirs, [{"href": LINK, "text": "Open the page"}])
        assert event["payload"]["summary"] == "Critical: a case is waiting for you"
        assert "#7 · Critical · Data breach · waiting for 12 min · Phishing" in event["payload"]["custom_details"]["Tocsin"]

    async def test_a_wrong_key_of_the_house_closes_the_door_and_a_persons_own_does_not(self, service, way):
        service.keys = ()
        way_out = courier(service)
        with pytest.raises(DoorClosed, match="key_refused"):
            await way_out.tell(OURS, notice())
        with pytest.raises(Refused, match="key_refused"):
            await way_out.tell(OWN_KEY, notice())


@pytest.mark.parametrize("way", ["twilio"])
class TestTwilio:
    async def test_a_message_is_short_and_ends_with_the_link(self, service, way):
        short = Words("notice.sms", {"cases": 2, "numbers": (7, 9), "severity": "critical"})
        await told(service, notice(short=short))
        assert service.taken[0] == {"To": "+34600000001", "From": NUMBER, "Body": f"Critical: 2 cases are waiting for you (#7, #9)\n{LINK}"}

    @pytest.mark.parametrize("link", [None, LINK, f"{LINK}{'x' * 900}", f"{LINK}{'x' * 3000}"])
    async def test_a_message_never_grows_past_what_phones_take(self, service, way, link):
        await told(service, notice(lines=tuple(line(number) for number in range(50)), link=link))
        body = service.taken[0]["Body"]
        assert len(body) <= max(320, 161 + len(link or ""))
        assert body.endswith(link) if link and len(link) <= 1000 else "http" not in body

    async def test_a_wrong_account_closes_the_door(self, service, way):
        with pytest.raises(DoorClosed, match="twilio_20003") as error:
            await told(service, shape=Twilio("AC1:wrong", NUMBER))
        assert error.value.whole

    async def test_a_number_of_ours_that_twilio_does_not_know_closes_the_door(self, service, way):
        with pytest.raises(DoorClosed, match="twilio_21606"):
            await told(service, shape=Twilio(ACCOUNT, "+34911111111"))

    async def test_a_number_that_cannot_be_reached_refuses_only_that_one(self, service, way):
        service.unsubscribed.add("+34600000001")
        with pytest.raises(Refused, match="twilio_21610"):
            await told(service)

    async def test_a_message_that_failed_at_once_was_refused(self, service, way):
        error = await failed(service, says(201, b'{"sid": "SM1", "status": "failed", "error_code": 30003}'))
        assert (type(error), error.reason) == (Refused, "twilio_30003")

    def test_a_message_told_again_is_a_second_message(self, way):
        assert not Twilio.repeats_harmlessly


@pytest.mark.parametrize("way", ["ntfy"])
class TestNtfy:
    async def test_a_notice_told_again_is_shown_once_and_another_one_beside_it(self, service, way):
        await told(service)
        await told(service)
        assert len(service.shown) == 1
        await told(service, notice("n9"))
        assert len(service.shown) == 2

    @pytest.mark.parametrize(("severity", "priority"), [("critical", 5), ("high", 4), ("normal", 3), ("low", 2)])
    async def test_a_grave_notice_rings_through_and_its_button_opens_the_page(self, service, way, severity, priority):
        await told(service, notice(severity=severity))
        message = service.taken[0]
        assert (message["topic"], message["priority"], message["click"]) == ("ana-topic", priority, LINK)
        assert message["actions"] == [{"action": "view", "label": "Open the page", "url": LINK, "clear": True}]
        assert message["message"].splitlines()[0] == "#7 · Critical · Data breach · waiting for 12 min · Phishing"

    async def test_what_is_over_comes_quietly(self, service, way):
        await told(service, over())
        assert (service.taken[0]["priority"], service.taken[0]["title"]) == (2, "Taken care of")

    async def test_a_wrong_token_closes_the_door_and_a_foreign_topic_does_not(self, service, way):
        with pytest.raises(DoorClosed, match="http_401"):
            await told(service, shape=Ntfy("tk_wrong"))
        service.denied.add("ana-topic")
        with pytest.raises(Refused, match="http_403"):
            await told(service)

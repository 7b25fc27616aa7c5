"""Getting into the console: a link works once, a code works once, guesses run out, and a removed person is out at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from handlers.errors import NoSuchPerson, NotAllowed
from handlers.signin import HALFWAY, INVITED, SESSION, TRIES, TRY_AGAIN, LinkSpent, Need, TooManyCodes, WrongCode
from tests.doors.console import Room, room


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, insists=True) as opened:
        await opened.person("Ana", "admin", "lead")
        await opened.person("Bea", "agent")
        yield opened


async def entered(house: Room, name: str) -> str:
    return await house.acts.signin.enter(await house.acts.signin.invite(name))


async def secret_of(house: Room, session: str) -> str:
    address = await house.acts.signin.enrolment(session)
    assert address is not None
    return parse_qs(urlsplit(address).query)["secret"][0]


def code_at(house: Room, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(house.dial.at + timedelta(seconds=30 * steps))


async def enrolled(house: Room, name: str) -> tuple[str, str]:
    """(secret, session)."""
    session = await entered(house, name)
    secret = await secret_of(house, session)
    return secret, await house.acts.signin.prove(session, code_at(house, secret))


async def test_a_link_can_be_looked_at_often_and_used_once(house: Room):
    token = await house.acts.signin.invite("Bea")
    for _ in range(3):
        assert await house.acts.signin.invited(token) == ("Bea", ("en",))
    visitor = await house.acts.signin.visitor(await house.acts.signin.enter(token))
    assert visitor is not None
    assert (visitor.name, visitor.need) == ("Bea", Need.NOTHING)
    for use in (house.acts.signin.enter, house.acts.signin.invited):
        with pytest.raises(LinkSpent):
            await use(token)


async def test_a_link_that_is_a_day_old_lets_nobody_in(house: Room):
    token = await house.acts.signin.invite("Bea")
    house.dial.at += INVITED
    with pytest.raises(LinkSpent):
        await house.acts.signin.enter(token)


async def test_only_an_admin_or_the_command_line_makes_links(house: Room):
    ana, bea = await house.person("Ana", "admin"), await house.person("Bea", "agent")
    assert await house.acts.signin.invite("Bea", ana)
    with pytest.raises(NotAllowed):
        await house.acts.signin.invite("Bea", bea)
    with pytest.raises(NoSuchPerson):
        await house.acts.signin.invite("Nobody", ana)


async def test_signing_in_again_ends_the_session_that_the_browser_had(house: Room):
    first = await entered(house, "Bea")
    second = await house.acts.signin.enter(await house.acts.signin.invite("Bea"), first)
    assert await house.acts.signin.visitor(first) is None
    assert await house.acts.signin.visitor(second) is not None


async def test_a_session_ends_by_itself_and_by_signing_out(house: Room):
    session = await entered(house, "Bea")
    house.dial.at += SESSION - timedelta(seconds=1)
    assert await house.acts.signin.visitor(session) is not None
    await house.acts.signin.leave(session)
    assert await house.acts.signin.visitor(session) is None
    later = await entered(house, "Bea")
    house.dial.at += SESSION
    assert await house.acts.signin.visitor(later) is None


async def test_those_who_decide_set_up_a_second_factor_first(house: Room):
    session = await entered(house, "Ana")
    visitor = await house.acts.signin.visitor(session)
    assert visitor is not None
    assert visitor.need is Need.ENROLMENT
    fresh = await house.acts.signin.prove(session, code_at(house, await secret_of(house, session)))
    assert await house.acts.signin.visitor(session) is None
    proven = await house.acts.signin.visitor(fresh)
    assert proven is not None
    assert proven.need is Need.NOTHING
    assert await house.acts.signin.enrolment(fresh) is None


async def test_the_next_sign_in_asks_for_a_code_and_no_longer_shows_the_secret(house: Room):
    secret, _ = await enrolled(house, "Ana")
    session = await entered(house, "Ana")
    visitor = await house.acts.signin.visitor(session)
    assert visitor is not None
    assert visitor.need is Need.CODE
    assert await house.acts.signin.enrolment(session) is None
    house.dial.at += timedelta(seconds=30)
    assert await house.acts.signin.prove(session, code_at(house, secret))


async def test_a_code_opens_one_door_once(house: Room):
    secret, _ = await enrolled(house, "Ana")
    with pytest.raises(WrongCode):
        await house.acts.signin.prove(await entered(house, "Ana"), code_at(house, secret))


async def test_a_slow_clock_is_forgiven_by_one_step_only(house: Room):
    secret, _ = await enrolled(house, "Ana")
    house.dial.at += timedelta(minutes=5)
    with pytest.raises(WrongCode):
        await house.acts.signin.prove(await entered(house, "Ana"), code_at(house, secret, -2))
    spaced = code_at(house, secret, -1)
    assert await house.acts.signin.prove(await entered(house, "Ana"), f"{spaced[:3]} {spaced[3:]}")


@pytest.mark.parametrize("code", ["", "000000", "not a code", "١٢٣٤٥٦", "9" * 5000])
async def test_a_wrong_code_changes_nothing(house: Room, code: str):
    session = await entered(house, "Ana")
    with pytest.raises(WrongCode):
        await house.acts.signin.prove(session, code)
    visitor = await house.acts.signin.visitor(session)
    assert visitor is not None
    assert visitor.need is Need.ENROLMENT


async def test_guesses_run_out_and_come_back_one_by_one(house: Room):
    secret, _ = await enrolled(house, "Ana")
    house.dial.at += TRY_AGAIN
    session = await entered(house, "Ana")
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            await house.acts.signin.prove(session, "12")
    with pytest.raises(TooManyCodes) as told:
        await house.acts.signin.prove(await entered(house, "Ana"), code_at(house, secret))
    assert told.value.facts == {"minutes": 3}
    house.dial.at += TRY_AGAIN
    assert await house.acts.signin.prove(session, code_at(house, secret))


async def test_half_a_sign_in_does_not_last(house: Room):
    session = await entered(house, "Ana")
    house.dial.at += HALFWAY
    with pytest.raises(LinkSpent):
        await house.acts.signin.prove(session, "123456")


async def test_a_removed_person_is_out_at_once(house: Room):
    admin = await house.person("Ana", "admin")
    session, unused = await entered(house, "Bea"), await house.acts.signin.invite("Bea")
    await house.acts.staff.remove(admin, "Bea")
    assert await house.acts.signin.visitor(session) is None
    with pytest.raises(LinkSpent):
        await house.acts.signin.enter(unused)


async def test_a_role_given_later_asks_for_the_second_factor_at_once(house: Room):
    session = await entered(house, "Bea")
    await house.person("Bea", "agent", "manager")
    visitor = await house.acts.signin.visitor(session)
    assert visitor is not None
    assert visitor.need is Need.ENROLMENT


async def test_a_lost_phone_is_forgotten_by_an_admin(house: Room):
    admin = await house.person("Ana", "admin")
    await enrolled(house, "Ana")
    await house.acts.signin.forget_second_factor(admin, "Ana")
    visitor = await house.acts.signin.visitor(await entered(house, "Ana"))
    assert visitor is not None
    assert visitor.need is Need.ENROLMENT


async def test_with_the_second_factor_go_the_sessions_and_links_that_a_lost_phone_may_hold(house: Room):
    admin = await house.person("Max", "admin")
    session = await entered(house, "Ana")
    inside = await house.acts.signin.prove(session, pyotp.TOTP(await secret_of(house, session)).at(house.dial()))
    link = await house.acts.signin.invite("Ana")
    await house.acts.signin.forget_second_factor(admin, "Ana")
    assert await house.acts.signin.visitor(inside) is None
    with pytest.raises(LinkSpent):
        await house.acts.signin.enter(link)


async def test_who_comes_to_decide_comes_in_anew_so_that_an_old_session_sets_up_no_second_factor(house: Room):
    admin = await house.person("Max", "admin")
    session = await entered(house, "Bea")
    await house.acts.staff.change(admin, "Bea", {"languages": ["es"]})
    assert await house.acts.signin.visitor(session) is not None
    await house.acts.staff.change(admin, "Bea", {"roles": ["agent", "lead"]})
    assert await house.acts.signin.visitor(session) is None


async def test_a_house_that_does_not_insist_lets_its_admin_straight_in(tmp_path: Path):
    async with room(tmp_path) as demo:
        await demo.person("Ana", "admin")
        visitor = await demo.acts.signin.visitor(await entered(demo, "Ana"))
        assert visitor is not None
        assert visitor.need is Need.NOTHING


async def test_a_new_link_puts_an_end_to_the_older_one(house: Room):
    await house.person("Ana", "agent")
    older, newer = await house.acts.signin.invite("Ana"), await house.acts.signin.invite("Ana")
    with pytest.raises(LinkSpent):
        await house.acts.signin.enter(older)
    assert await house.acts.signin.enter(newer)

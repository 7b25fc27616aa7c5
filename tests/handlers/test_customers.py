"""Two accounts, one person."""

import pytest

from handlers import cards
from handlers.errors import BadInput, NoSuchCustomer, NotAllowed
from handlers.ports import Customer


async def also(house, case) -> set[str]:
    async with house.store.read() as work:
        return {one.handle for one in (await cards.load(work, house.shelf, case)).also}


async def test_linked_accounts_name_each_other_on_their_cards(house):
    agent = await house.person("Ana")
    one = await house.case(customer=Customer("1", "@maria", "María"))
    other = await house.case(network="facebook", customer=Customer("2", "maria.g", "María G"))
    await house.customers.link(agent, one, "facebook", "Maria.G")
    assert (await also(house, one), await also(house, other)) == ({"maria.g"}, {"@maria"})


async def test_a_third_account_joins_the_two(house):
    agent = await house.person("Ana")
    numbers = [await house.case(network=name, customer=Customer(name, f"on_{name}")) for name in ("x", "facebook", "email")]
    await house.customers.link(agent, numbers[0], "facebook", "on_facebook")
    await house.customers.link(agent, numbers[2], "facebook", "@on_facebook")
    assert await also(house, numbers[0]) == {"on_facebook", "on_email"}


@pytest.mark.parametrize("name", ["nobody", "", "@"])
async def test_an_unknown_account_is_refused(house, name):
    agent, case = await house.person("Ana"), await house.case()
    with pytest.raises(NoSuchCustomer):
        await house.customers.link(agent, case, "x", name)


async def test_a_customer_is_not_linked_to_themselves(house):
    agent, case = await house.person("Ana"), await house.case(by="ana")
    with pytest.raises(BadInput):
        await house.customers.link(agent, case, "x", "@ana")


async def test_only_the_team_links_accounts(house):
    lawyer, case = await house.person("Lex", "legal"), await house.case()
    with pytest.raises(NotAllowed):
        await house.customers.link(lawyer, case, "x", "@ana")

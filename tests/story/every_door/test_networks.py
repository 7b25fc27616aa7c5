"""What only a network makes possible, at every door: a later message of a customer that shows their data is hidden there too."""

from dataclasses import replace

from tests.doors.slack_house import until
from tests.story.every_door.hand import Hand, proves


@proves("hide", "later", presses=("hide",))
async def test_a_later_message_that_shows_their_data_is_hidden_and_everybody_sees_that_it_is(hand: Hand):
    network, hidden = hand.house.networks["x"], []

    async def hide(external_id: str) -> None:
        hidden.append(external_id)

    network.abilities, network.hide = replace(network.abilities, hide=True), hide
    case = await hand.house.case("my_data, is it safe?", by="carla", hideable=True)
    page = f"/cases/{case}"
    await hand.sees("Ana", "is it safe?", page)
    await hand.house.case("this is my card: 4111 1111 1111 1111", by="carla", external_id="m-later", hideable=True)
    await hand.sees("Ana", "this is my card", page)
    await hand.press("Ana", "hide", None, page)
    await until(lambda: hidden == ["m-later"], 15)
    await hand.sees("Ana", "Hidden on the network", page)

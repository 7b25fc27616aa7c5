"""The door opens while Slack is away, and finds its way back when Slack has hung up."""

from bot.slack import Access, open_slack
from storage import cases as case_rows
from tests.doors.slack_house import slack_house, until


async def test_a_door_that_opened_while_slack_was_away_hears_as_soon_as_it_is_back(tmp_path):
    async with slack_house(tmp_path) as there:
        there.slack.down = True
        door = await open_slack(there.house.use_cases(), Access(there.slack.bot_token, there.slack.app_token, api_url=there.slack.base_url))
        try:
            assert not await door.hears()
            there.slack.down = False
            await until(lambda: len(there.slack.sockets.connections) == 2, seconds=20)
            assert await door.hears()
        finally:
            await door.close()


async def test_without_a_way_to_listen_the_door_only_posts(tmp_path):
    async with slack_house(tmp_path) as there:
        door = await open_slack(there.house.use_cases(), Access(there.slack.bot_token, api_url=there.slack.base_url))
        assert (door.routes, await door.hears()) == ([], False)
        await door.close()


def test_no_token_shows_when_the_access_is_printed():
    shown = repr(Access("xoxb-secret", "xapp-secret", "secret"))
    assert "secret" not in shown.replace("signing_secret", "")


async def test_a_click_is_heard_again_after_slack_has_hung_up(tmp_path):
    async with slack_house(tmp_path) as there:
        case = await there.house.case("my_data")
        card = await there.card_of(case)
        assert await there.door.hears()
        before = list(there.slack.sockets.connections)
        await there.slack.sockets.cut()
        await until(lambda: [one for one in there.slack.sockets.connections if one not in before and one.usable], seconds=20)
        assert (await there.click(there.ana, card, f"claim:{case}")).acknowledged
        async with there.house.store.read() as work:
            assert (await case_rows.get(work, case)).owner == "Ana"

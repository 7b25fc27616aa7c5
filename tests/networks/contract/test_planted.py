"""The contract bites: each network that breaks it in one way fails where that way is asked about."""

import pytest

from tests.networks.contract import plants
from tests.networks.contract import test_contract_hearing as hearing
from tests.networks.contract import test_contract_positions as positions
from tests.networks.contract import test_contract_publishing as publishing
from tests.networks.contract import test_contract_trouble as trouble
from tests.networks.contract.stage import Fault, Scene
from tests.networks.contract.stages.memory import PRIVATE, PUBLIC, MemoryStage, scenes
from tests.networks.contract.stages.memory_network import MemoryNetwork

RESTARTS = positions.test_nothing_is_skipped_and_nothing_comes_twice_over_restarts_at_random
AFTERWARDS = trouble.test_what_is_said_while_nobody_can_listen_is_heard_afterwards
DEAD = trouble.test_a_dead_token_closes_the_whole_door
SIGNS = hearing.test_emoji_right_to_left_words_signs_of_markup_and_links_come_in_as_they_are
GARBAGE = hearing.test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on
BELOW = publishing.test_our_answer_stands_below_what_it_answers_and_as_private_as_that
ONE_LEFT = trouble.test_after_a_failure_asking_first_and_then_sending_leaves_exactly_one
LOST = trouble.test_what_was_taken_without_an_answer_is_unconfirmed_and_then_found
UNSEEN = trouble.test_an_answer_that_cannot_be_looked_for_is_not_taken_for_lost
SECRETS = trouble.test_no_secret_stands_in_a_log_an_error_or_a_representation

PLANTED = [
    (plants.Skips, RESTARTS, {"seed": 0}),
    (plants.Repeats, RESTARTS, {"seed": 1}),
    (plants.Remembers, positions.test_the_same_position_brings_the_same_again_and_what_came_since, {}),
    (plants.NewestFirst, RESTARTS, {"seed": 2}),
    (plants.NewestFirst, positions.test_what_comes_together_is_told_with_the_oldest_first, {}),
    (plants.BeginsNow, hearing.test_the_first_look_finds_what_came_before_we_did, {}),
    (plants.CutsShort, hearing.test_ten_thousand_characters_come_in_whole, {}),
    (plants.Flattens, SIGNS, {}),
    (plants.Cleans, SIGNS, {}),
    (plants.AllPublic, hearing.test_what_was_written_in_private_is_private, {}),
    (plants.WithoutRaw, hearing.test_the_vendors_own_words_are_kept_and_what_is_handed_on_is_bounded, {}),
    (plants.OneConversation, hearing.test_two_customers_are_two_conversations, {}),
    (plants.Anonymous, hearing.test_each_customer_is_known_again_and_told_from_the_others, {}),
    (plants.EachItsOwn, hearing.test_a_customers_answer_to_our_answer_belongs_to_the_same_conversation, {}),
    (plants.HearsItself, hearing.test_what_we_say_ourselves_is_no_mention, {}),
    (plants.KnowsItselfByName, hearing.test_whoever_only_looks_like_us_is_a_customer, {}),
    (plants.DeafToEdits, hearing.test_what_is_edited_comes_in_anew, {}),
    (plants.DeafToDeletions, hearing.test_what_its_author_took_away_is_told, {}),
    (plants.StopsAtGarbage, GARBAGE, {}),
    (plants.DropsGarbage, GARBAGE, {}),
    (plants.NeverStirs, hearing.test_what_pushes_tells_of_a_mention_within_five_seconds, {}),
    (plants.StirsAlways, hearing.test_silence_is_not_told_again_and_again, {}),
    (plants.StandsAnyway, hearing.test_one_harmless_call_tells_who_we_are_and_what_we_may, {}),
    (plants.ForgetsWhenAway, AFTERWARDS, {"fault": Fault.BROKEN}),
    (plants.DeadIsBusy, DEAD, {"doing": "hearing"}),
    (plants.DeadIsBusy, DEAD, {"doing": "standing"}),
    (plants.TellsItsToken, SECRETS, {"caplog": None}),
    (plants.Unlinked, BELOW, {}),
    (plants.Loud, BELOW, {}),
    (plants.Loud, publishing.test_something_public_is_answered_in_private_where_that_is_possible, {}),
    (plants.Loud, publishing.test_what_was_said_in_private_is_never_answered_in_public, {}),
    (plants.SwallowsTheEnd, publishing.test_as_much_as_the_network_takes_goes_out_whole, {}),
    (plants.LetsTheServerCount, publishing.test_one_character_more_is_refused_before_anything_is_called, {}),
    (plants.AnswersTheDeleted, publishing.test_what_answers_something_deleted_is_refused, {}),
    (plants.Retries, LOST, {}),
    (plants.Retries, ONE_LEFT, {"fault": Fault.BROKEN}),
    (plants.TakesSilenceForNo, LOST, {}),
    (plants.TakesSilenceForYes, LOST, {}),
    (plants.TakesSilenceForYes, trouble.test_where_the_line_was_cut_before_anything_was_done_nothing_is_found, {}),
    (plants.BusyForGood, trouble.test_a_network_that_asks_for_quiet_has_taken_nothing_and_says_for_how_long, {}),
    (plants.DeadIsRefused, DEAD, {"doing": "publishing"}),
    (plants.DeadIsRefused, DEAD, {"doing": "deleting"}),
    (plants.NeverFinds, publishing.test_after_a_crash_our_answer_is_found_and_not_sent_again, {}),
    (plants.NeverFinds, LOST, {}),
    (plants.FindsAnything, publishing.test_the_same_words_to_another_customer_are_another_answer, {}),
    (plants.AwayIsNotThere, UNSEEN, {"fault": Fault.CUT}),
    (plants.AwayIsNotThere, UNSEEN, {"fault": Fault.DEAD_TOKEN}),
    (plants.DeletesOnce, publishing.test_what_we_take_back_is_gone_and_taking_it_back_again_harms_nobody, {}),
    (plants.DeletesNothing, publishing.test_what_we_take_back_is_gone_and_taking_it_back_again_harms_nobody, {}),
    (plants.SharesALane, publishing.test_every_limit_names_its_lane_first, {}),
    (plants.ShowsItsToken, SECRETS, {"caplog": None}),
]
FAILS = (Exception, pytest.fail.Exception)  # a skip is none


def _scene(name: str) -> Scene:
    return next(one for one in scenes if one.name == name)


def _planted(kind: type, **changes) -> MemoryStage:
    stage = MemoryStage(**{"network_kind" if issubclass(kind, MemoryNetwork) else "source_kind": kind}, **changes)
    stage.arrives_within = 1
    return stage


@pytest.mark.parametrize(("kind", "test", "given"), PLANTED, ids=lambda one: getattr(one, "__name__", ""))
async def test_the_contract_notices(kind, test, given, caplog, monkeypatch):
    monkeypatch.setattr("tests.networks.contract.asking.CERTAIN", 1)
    given = {name: caplog if name == "caplog" else value for name, value in given.items()}
    try:
        with pytest.raises(FAILS) as failed:
            await test(stage=_planted(kind), scene=_scene("memory"), **given)
    except pytest.skip.Exception as skipped:
        pytest.fail(f"it was not asked: {skipped}")
    assert not isinstance(failed.value, (TypeError, AttributeError)), "that is a fault of the plant"


async def test_the_contract_notices_who_says_in_public_what_cannot_be_said_in_private():
    with pytest.raises(pytest.fail.Exception):
        await publishing.test_what_cannot_be_said_in_private_is_not_said_in_public_instead(
            stage=_planted(plants.LetsTheServerCount, abilities=PUBLIC), scene=_scene("memory_public")
        )


async def test_the_contract_notices_who_guesses_where_nobody_can_tell():
    with pytest.raises(pytest.fail.Exception):
        await publishing.test_where_nobody_can_tell_that_is_said(
            stage=_planted(plants.GuessesWhereNobodyKnows, abilities=PRIVATE), scene=_scene("memory_private")
        )


def test_every_plant_is_noticed_somewhere():
    used = {kind for kind, _, _ in PLANTED} | {plants.GuessesWhereNobodyKnows}
    here = {one for one in vars(plants).values() if isinstance(one, type) and one.__module__ == plants.__name__ and one.__name__[0] != "_"}
    assert here == used

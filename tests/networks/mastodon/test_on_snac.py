"""One customer's way on a real server of the fediverse: asked, answered below the question, found, and answered once. `make soak` asks more."""

import pytest

from tests.networks.contract.asking import a_while_ago, answer, ours, said_and_heard, unlike
from tests.networks.contract.stages.mastodon import scenes

SNAC = next(scene for scene in scenes if scene.name == "mastodon_snac")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(SNAC.missing is not None, reason=SNAC.missing or "")]


async def test_a_question_is_answered_once_below_what_was_asked_and_is_found_again():
    async with SNAC.opened() as stage:
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=False)
        reply = answer(mention)
        published = await stage.network.publish(reply)
        [seen] = await ours(stage, count=1)
        assert (seen.id, seen.parent, seen.private) == (published.external_id, mention.external_id, False)
        found = await stage.network.find(reply, a_while_ago())
        assert found is not None
        assert found.external_id == published.external_id

"""How Slack offers each ability: every button and command is bound in listeners.py, the rest is said here."""

from collections.abc import Mapping

from handlers.abilities import Offer, Way, of_workspace

ITSELF = ("thread", "later", "refreshed", "mentioned", "direct", "digest_there", "picture", "table", "private")  # nobody has to ask
OWN: Mapping[str, Offer] = {
    **dict.fromkeys(ITSELF, Offer((Way.ITSELF,))),
    "record": Offer((Way.FORM,)),
    "make_case": Offer((Way.MENU,)),
    "home": Offer((Way.PAGE,)),
}


def offers() -> Mapping[str, Offer]:
    return of_workspace(OWN)

"""Why a digest was not promised: what the person is told."""

from handlers.errors import Told


class NoSuchPlace(Told):
    """Facts: name, as it was typed ("" when nothing was)."""

    template = "digest.no_such_place"


class NotInPlace(Told):
    """The bot must be a member before it can post there. Facts: name."""

    template = "digest.not_in_place"


class PlaceNotAsked(Told):
    """The workspace did not tell who reads there. Facts: name."""

    template = "digest.place_not_asked"


class PlaceOpen(Told):
    """People from outside read there: only an admin lets counts in. Facts: name, kind (channel, address), admins."""

    template = "digest.place_open"


class NoMail(Told):
    """No mail server is set."""

    template = "digest.no_mail"


class NoSuchSubscription(Told):
    """Facts: name, as it was typed."""

    template = "digest.no_such_subscription"


class UnknownZone(Told):
    """Facts: zone."""

    template = "digest.unknown_zone"

"""What is refused about notifications."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class BadSubscription(RequestError):
    """What a browser calls its push subscription is none that this site could use."""

    code = "bad_subscription"
    status = 400
    sentence = _("This browser’s notifications can’t be used here. Try another browser.")

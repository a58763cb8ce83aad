"""What an empty chat says: a greeting, what one may ask, and to who runs a new site what is still to do."""

from datetime import date
from random import Random

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.catalog import environment
from chat.catalog.picker import Picker
from chat.models import User
from chat.web import first_use
from chat.web.middleware import TIME_ZONE_COOKIE

# Hours of the day at which they begin
MORNING, AFTERNOON, EVENING = 5, 12, 18

# One of each kind is offered
STARTERS: tuple[tuple[Promise, ...], ...] = (
    (
        gettext_lazy("Explain how rainbows form, with a small table of the colours"),
        gettext_lazy("What causes the seasons? Explain it to a ten-year-old"),
        gettext_lazy("Quiz me on world capitals, one question at a time"),
        gettext_lazy("Compare renting and buying a home, with pros and cons"),
    ),
    (
        gettext_lazy("Write a Python function that finds prime numbers"),
        gettext_lazy("Write a spreadsheet formula that adds up sales by month"),
        gettext_lazy("Explain what a regular expression is, with three examples"),
        gettext_lazy("Draw a diagram of what happens when I open a web page"),
    ),
    (
        gettext_lazy("Plan a week of simple vegetarian dinners"),
        gettext_lazy("Plan a weekend trip with children, without a car"),
        gettext_lazy("Make me a four-week plan to start running"),
        gettext_lazy("What can I cook with eggs, rice and spinach?"),
    ),
    (
        gettext_lazy("Help me write a friendly email that declines an invitation"),
        gettext_lazy("Write a short toast for a friend’s wedding"),
        gettext_lazy("Turn my notes into a clear summary with action items"),
        gettext_lazy("Help me word a message asking a neighbour to be quieter"),
    ),
)


def starters(person: User, day: date) -> list[str]:
    """Return what a person may try on this day: others tomorrow, but the same on every page until then."""
    choice = Random(f"{person.pk} {day}")
    return [str(choice.choice(kind)) for kind in STARTERS]


def greeting(request: HttpRequest, person: User) -> str:
    """Return the first words, by the person's name and clock as far as they are known; never by the email."""
    name = person.name.strip()
    if not name:
        return _("What’s on your mind?")
    hour = timezone.localtime().hour
    chosen = getattr(request, "preferences", None)
    is_their_clock = bool(request.COOKIES.get(TIME_ZONE_COOKIE) or (chosen and chosen.zone))
    if not is_their_clock or hour < MORNING:
        words = _("How can I help, %(name)s?")
    elif hour < AFTERNOON:
        words = _("Good morning, %(name)s")
    elif hour < EVENING:
        words = _("Good afternoon, %(name)s")
    else:
        words = _("Good evening, %(name)s")
    return words % {"name": name}


def setup_notice(request: HttpRequest, person: User, models: Picker) -> str:
    """Return what is still to do on a new site, for who can: "model", "administrator" or "".

    Members never see it. It costs them no query once there is an administrator.
    """
    if person.is_staff:
        is_theirs = not person.is_suspended and person.has_perm("chat.add_modelprovider")
        notice = "model" if is_theirs and _has_only_the_demo(models) else ""
    else:
        is_theirs = not first_use.has_administrator() and first_use.is_first_account(person)
        notice = "administrator" if is_theirs else ""
    return "" if notice in request.session.get(DISMISSED, ()) else notice


DISMISSED = "dismissed_notices"
NOTICES = ("model", "administrator")


def dismiss(request: HttpRequest, notice: str) -> None:
    """Show a notice no more in this session."""
    if notice in NOTICES:
        request.session[DISMISSED] = sorted({*request.session.get(DISMISSED, ()), notice})


def _has_only_the_demo(models: Picker) -> bool:
    endpoint = environment.endpoint()
    is_demo = endpoint is not None and endpoint.kind == "demo"
    return is_demo and (models.default is None or models.default.provider_id is None)

"""The time zones that a person may choose."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# Parts of the world as the tz database names them; all other names are old ones for the same zones
REGIONS = {
    "Africa": pgettext_lazy("time zones", "Africa"),
    "America": pgettext_lazy("time zones", "America"),
    "Antarctica": pgettext_lazy("time zones", "Antarctica"),
    "Arctic": pgettext_lazy("time zones", "Arctic"),
    "Asia": pgettext_lazy("time zones", "Asia"),
    "Atlantic": pgettext_lazy("time zones", "Atlantic Ocean"),
    "Australia": pgettext_lazy("time zones", "Australia"),
    "Europe": pgettext_lazy("time zones", "Europe"),
    "Indian": pgettext_lazy("time zones", "Indian Ocean"),
    "Pacific": pgettext_lazy("time zones", "Pacific Ocean"),
}
Choices = list[tuple[str, str]]


@cache
def _places() -> dict[str, Choices]:
    """Return the zones of each region, by name: reading the folder of the tz database takes milliseconds."""
    places: dict[str, Choices] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if region in places and place:
            places[region].append((name, place_of(name)))
    return places


def place_of(name: str) -> str:
    """Return what a zone is called: `Buenos Aires (Argentina)` for `America/Argentina/Buenos_Aires`."""
    *above, place = name.replace("_", " ").split("/")[1:] or [name]
    return f"{place} ({', '.join(above)})" if above else place


def time_zones() -> list[tuple[str | Promise, Choices]]:
    """Return all of them, by region, as a select's groups."""
    return [(REGIONS[region], places) for region, places in _places().items()]

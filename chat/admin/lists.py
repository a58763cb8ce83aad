"""What the admin's lists share: counts for the rows of one page, links, and excerpts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.db.models import Count, Model, QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from chat.models import User
from chat.moderation import audit

# Characters of a message that a list shows
EXCERPT = 160
# Words and characters that a search goes by
SEARCH_WORDS = 20
SEARCH_LENGTH = 200


class CountingChangeList(ChangeList):
    """Asks the admin to count for the rows on this page only.

    An annotation would count for every row in the table before the page is cut from it.
    """

    model_admin: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.add_counts(self.result_list)


class NamedList:
    """The list bears the name of what it lists, not "Select … to view"; the history is told as in the log.

    Of Django's scripts it has that of the actions: jQuery and what opens related objects in windows of their
    own, which no list of ours does, are 97 kB, and listen to `unload`, which browsers are about to drop.
    """

    opts: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        context = {"title": title, "media": Media(js=["admin/js/actions.js"]), **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        answer: Any = super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        for entry in getattr(answer, "context_data", {}).get("action_list", ()):
            audit.localized(entry)
        return answer  # type: ignore[no-any-return]


class SafeList:
    """A list that an address or a form from elsewhere cannot make ask what its own page would not.

    It is filtered by its own filters and by what `list_link` asks for (`linked_by`), by nothing else:
    Django takes any lookup of a model's own columns from the address, regular expressions too. One that
    is costly on a text of the writer's choice never ends, and while it runs it holds the whole process.
    """

    linked_by: tuple[str, ...] = ()
    model: Any

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters: Any = self.get_list_filter(request)  # type: ignore[attr-defined]
        return lookup in self.linked_by or any(lookup in asked_by(item, self.model) for item in filters)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row of an id, also where an address names a column for it, but none."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Search by the first words: each is a condition of its own, and a database takes only so many.

        And by the first characters: SQLite fails beyond 50,000, and compares each with every place of a text.
        """
        search_term = search_term[:SEARCH_LENGTH]
        words = search_term.split(maxsplit=SEARCH_WORDS)
        if len(words) > SEARCH_WORDS:
            search_term = " ".join(words[:SEARCH_WORDS])
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raise BadRequest when what is selected is no row's id."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(pk.isdecimal() and len(pk) < 19 for pk in chosen):
            raise BadRequest("no ids")
        return super().response_action(request, *args, **kwargs)  # type: ignore[misc]


class ListAdmin(SafeList, NamedList, admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that stays quick with many rows, of what is read and decided upon but never edited by hand."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def asked_by(item: Any, model: type[Model]) -> set[str]:
    """Return what a filter of a list has in an address: its own parameter, or its column with a way to ask.

    Another row only by its id: as `column=…` a number beyond the database's ends in an OverflowError.
    """
    if not isinstance(item, str | tuple):
        return {str(item.parameter_name)}
    name = item if isinstance(item, str) else str(item[0])
    return {
        f"{name}__isnull",
        f"{name}__id__exact" if model._meta.get_field(name).is_relation else f"{name}__exact",
    }


def counts(rows: QuerySet[Any], column: str, owners: Sequence[Model]) -> dict[int, int]:
    """Return how many of `rows` each of `owners` has by `column`, without those that have none. One query."""
    mine = rows.filter(**{f"{column}__in": [owner.pk for owner in owners]}).order_by()
    return dict(mine.values_list(column).annotate(Count("pk")))


def day_of(moment: datetime) -> str:
    """Return the day, in the reader's time zone and language."""
    return date_format(timezone.localtime(moment))


def time_of(moment: datetime) -> str:
    """Return the day and the time, in the reader's time zone and language.

    For what is no column: Django shows a column's time so by itself, but in a form it shows a method's as
    Python writes it.
    """
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def staff(request: HttpRequest) -> User:
    """Return who works here: behind the admin's guard nobody is anonymous."""
    return cast(User, request.user)


def link(row: Model, text: object) -> SafeString:
    """Return a link to the row's page in the admin."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, text)


def tag(text: object, *, is_alert: bool = False) -> SafeString:
    """Return a word or two about a row, set off from its columns."""
    return format_html('<b class="tag{}">{}</b>', " alert" if is_alert else "", text)


def list_link(model: type[Model], text: object, **query: object) -> SafeString:
    """Return a link to the list of `model`, filtered by `query`."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(query), text)

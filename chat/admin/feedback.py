"""Feedback: what people find of replies, by model, persona and reason, and each in its context."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.about_messages import AboutMessages
from chat.admin.lists import EXCERPT, link
from chat.core.text import first_words
from chat.feedback import actions as feedback
from chat.models import Feedback
from chat.models.feedback import Rating

# Models, or personas, that a filter and the counts have
MOST_NAMES = 50


class NameFilter(admin.SimpleListFilter):
    """By one of the names that feedback has in `parameter_name`, those with most of it first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        column = str(self.parameter_name)
        named = feedback.feedback_in_view().exclude(**{column: ""}).values_list(column)
        counted = named.annotate(times=Count("pk")).order_by("-times", column)
        return [(name, name) for name, _times in counted[:MOST_NAMES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class ModelFilter(NameFilter):
    title = pgettext_lazy("that answers", "model")
    parameter_name = "model"


class PersonaFilter(NameFilter):
    title = _("persona")
    parameter_name = "persona"


@admin.register(Feedback)
class FeedbackAdmin(AboutMessages):
    """Reading only: a rating is its person's."""

    list_display = ("about", "excerpt", "model", "persona", "person_link", "changed_at")
    list_display_links = ("about",)
    list_filter = ("rating", "reason", ModelFilter, PersonaFilter)
    search_fields = ("comment", "person__email")
    search_help_text = _("Comment or email")
    ordering = ("-changed_at", "-id")
    fields = ("about", "comment", "person_link", "changed_at")
    change_list_template = "admin/chat/feedback/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return self.with_beginnings(feedback.feedback_in_view().select_related("person"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        answer = super().changelist_view(request, extra_context)
        shown = getattr(answer, "context_data", None) or {}
        if "cl" in shown:
            shown["by_model"] = list(counts_by_model(shown["cl"].queryset))
        return answer

    @admin.display(description=_("rating"), ordering="rating")
    def about(self, row: Feedback) -> SafeString:
        name = f"{row.get_rating_display()}: {row.get_reason_display()}" if row.reason else str(row)
        note = format_html('<div class="excerpt" dir="auto">{}</div>', first_words(row.comment, EXCERPT))
        return format_html("{}{}", name, note if row.comment else "")

    @admin.display(description=_("given by"), ordering="person__email")
    def person_link(self, row: Feedback) -> SafeString:
        return link(row.person, row.person.email)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Feedback = kwargs["obj"]
        context |= self.thread_for(request, row.message) | {
            "title": row.get_reason_display() or str(row),
            "reported_as": _("rated"),
        }
        return super().render_change_form(request, context, *args, **kwargs)


def counts_by_model(rows: QuerySet[Feedback]) -> Iterator[dict[str, Any]]:
    """Return how many good and bad ratings each model has among these, and the share of good ones in percent.

    Those with most come first, at most MOST_NAMES. One query.
    """
    counted = rows.order_by().values("model")
    counted = counted.annotate(
        up=Count("pk", filter=Q(rating=Rating.UP)), down=Count("pk", filter=Q(rating=Rating.DOWN))
    )
    for row in counted.annotate(all=Count("pk")).order_by("-all", "model")[:MOST_NAMES]:
        yield {**row, "share": 100 * row["up"] / row["all"]}

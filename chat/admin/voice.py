"""Speech services and what people had of them, for administrators."""

from datetime import date
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.admin.lists import ListAdmin, NamedList, SafeList
from chat.admin.sealed_form import is_unreadable
from chat.admin.speech_form import SpeechProviderForm
from chat.admin.testing import Testable
from chat.models import SpeechProvider, SpeechUsage
from chat.operations.doctor import speech
from chat.operations.findings import Finding

HEAD = ("name", "kind", "base_url", "allow_private")
TAIL = ("model", "voice", "languages", "position", "price", "is_enabled")


@admin.register(SpeechProvider)
class SpeechProviderAdmin(Testable, SafeList, NamedList, admin.ModelAdmin):  # type: ignore[type-arg]
    """What is sealed is typed in and never shown; "Test" lets it say a sentence, or hear one."""

    form = SpeechProviderForm
    list_display = ("name", "kind", "base_url", "model", "voice", "languages", "position", "state")
    list_filter = ("kind",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "base_url")
    show_full_result_count = False
    readonly_fields = ("state",)

    def get_fields(self, request: HttpRequest, obj: SpeechProvider | None = None) -> Any:
        if obj is None:
            return (*HEAD, "key", "headers", *TAIL)
        if not self.has_change_permission(request, obj):
            return (*HEAD, *TAIL, "state")
        kept = ("forget",) if obj.sealed_key or obj.sealed_headers else ()
        return (*HEAD, "key", "headers", *kept, *TAIL, "state")

    def try_out(self, service: SpeechProvider, kept: Any, *, is_typed: bool) -> list[Finding]:
        """Let it say a sentence, or hear one."""
        return async_to_sync(speech.try_out)(service)

    @admin.display(description=pgettext_lazy("of a service", "status"))
    def state(self, service: SpeechProvider) -> str:
        if is_unreadable(service):
            return gettext("The saved key can’t be read. Enter it again.")
        return gettext("Enabled") if service.is_enabled else gettext("Disabled")


@admin.register(SpeechUsage)
class SpeechUsageAdmin(ListAdmin):
    """Counted by the site, and changed by nobody."""

    list_display = (
        "utc_day",
        "person",
        "kind",
        "service",
        "requests",
        "speech_seconds",
        "characters",
        "cost",
    )
    list_filter = ("kind",)
    list_select_related = ("person",)
    search_fields = ("person__email", "service")
    ordering = ("-day", "-id")
    fields = list_display
    readonly_fields = list_display

    @admin.display(description=format_lazy("{} (UTC)", _("day")), ordering="day")
    def utc_day(self, usage: SpeechUsage) -> date:
        """Return the day as the limits count it, whatever the reader's time zone is."""
        return usage.day

    @admin.display(description=_("seconds"), ordering="milliseconds")
    def speech_seconds(self, usage: SpeechUsage) -> int:
        return round(usage.seconds)

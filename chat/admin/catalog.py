"""Model providers and the models on offer, for administrators."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.admin.lists import NamedList, SafeList, day_of, list_link, staff, tag
from chat.admin.model_form import NewModelForm, OfferedForm, RowForm
from chat.admin.provider_form import WAITS, ModelProviderForm
from chat.admin.sealed_form import is_unreadable
from chat.admin.testing import Testable
from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.catalog.errors import ModelNotOffered
from chat.core.errors import codes, for_code
from chat.models import ModelProvider, OfferedModel
from chat.moderation import audit
from chat.moderation.audit import Action
from chat.operations.doctor.providers import model_to_ask, try_out
from chat.operations.findings import Finding
from chat.provider import service_name
from chat.provider.capabilities import STREAM, SYSTEM, readable
from chat.provider.errors import NotAModelServer, UnknownModel
from chat.realtime import layer

# How a provider is asked
HABITS = ("keeps_prefix", *WAITS)
# Of a provider that cannot say which models it has
NO_LIST = (*codes(UnknownModel), *codes(NotAModelServer))


@admin.register(ModelProvider)
class ModelProviderAdmin(Testable, SafeList, NamedList, admin.ModelAdmin):  # type: ignore[type-arg]
    """What is sealed is typed in and never shown; "Test" says whether the provider answers."""

    form = ModelProviderForm
    list_display = ("name", "base_url", "is_enabled", "models_link", "state")
    search_fields = ("name", "base_url")
    ordering = ("name",)
    show_full_result_count = False
    readonly_fields = ("models_link", "state")

    def get_fields(self, request: HttpRequest, obj: ModelProvider | None = None) -> Any:
        address = ("name", "base_url", "allow_private")
        if obj is None:
            return (*address, "key", "headers", *HABITS, "is_enabled")
        if not self.has_change_permission(request, obj):
            return (*address, *HABITS, "is_enabled", "models_link", "state")
        kept = ("forget",) if obj.sealed_key or obj.sealed_headers else ()
        return (*address, "key", "headers", *kept, *HABITS, "is_enabled", "models_link", "state")

    def save_model(self, request: HttpRequest, obj: ModelProvider, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "base_url" in form.changed_data:  # another one, which may take what that one refused
            catalog.forget_capabilities(obj.models.all())
        else:
            layer.announce_models()

    def delete_model(self, request: HttpRequest, obj: ModelProvider) -> None:
        super().delete_model(request, obj)
        layer.announce_models()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelProvider]) -> None:
        super().delete_queryset(request, queryset)
        layer.announce_models()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Count its models, which go with it: nobody needs a right to delete each of them."""
        count = OfferedModel.objects.filter(provider__in=list(objs)).count()
        counted = {self.opts.verbose_name_plural: len(objs), OfferedModel._meta.verbose_name_plural: count}
        return [str(provider) for provider in objs], counted, set(), []

    @admin.display(description=_("models"))
    def models_link(self, provider: ModelProvider) -> SafeString:
        count = provider.models.filter(gone_at=None).count()
        listed = list_link(OfferedModel, count, provider__id__exact=provider.pk)
        add = reverse("admin:chat_offeredmodel_add")
        return format_html(
            '{} · <a href="{}?provider={}">{}</a>', listed, add, provider.pk, gettext("Add model by name")
        )

    @admin.display(description=pgettext_lazy("of a service", "status"))
    def state(self, provider: ModelProvider) -> str:
        if is_unreadable(provider):
            return gettext("The saved key can’t be read. Enter it again.")
        if provider.problem in NO_LIST and provider.models.filter(by_name=True).exists():
            return gettext("OK (no model list; models added by name are used)")
        if provider.problem:
            summary = for_code(provider.problem).summary()
            return format_html('{}<div class="excerpt">{}</div>', summary, provider.problem_detail)
        if provider.listed_at:
            return gettext("OK")
        return gettext("Loading models…") if provider.is_enabled else gettext("Disabled")

    def try_out(self, service: ModelProvider, kept: Any, *, is_typed: bool) -> list[Finding]:
        """List its models, and read the first words of an answer."""
        findings, names = async_to_sync(try_out)(service, model_to_ask(kept) if kept else "")
        if names and not is_typed and catalog.note_listing(service.pk, names):
            layer.announce_models()
        return findings


class ModelProviderFilter(admin.RelatedFieldListFilter):
    """By provider; the environment's has no row."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.empty_value_display = conditional_escape(environment_name())


@admin.register(OfferedModel)
class OfferedModelAdmin(SafeList, NamedList, admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows come from the providers' lists, and by name; here they are labelled, ordered, priced, offered."""

    form = OfferedForm
    list_display = (
        "name",
        "provider_name",
        "label",
        "position",
        "is_offered",
        "price_in",
        "price_cached",
        "price_out",
        "state",
    )
    list_editable = ("label", "position", "is_offered", "price_in", "price_cached", "price_out")
    list_filter = (("provider", ModelProviderFilter), "is_offered")
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("provider",)
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    search_fields = ("name", "label")
    fields = (
        *("name", "provider_name", "label", "description"),
        *list_editable[1:],
        *("is_the_default", "gone_at", "refuses"),
    )
    readonly_fields = ("name", "provider_name", "is_the_default", "gone_at", "refuses")
    actions = ("offer", "withdraw", "make_default")

    def get_urls(self) -> list[URLPattern]:
        forget = self.admin_site.admin_view(self.forget_view)
        return [path("<int:pk>/forget/", forget, name="chat_offeredmodel_forget"), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it for what was added by name: what a provider lists would be back at once."""
        is_ours = obj is not None and obj.by_name
        return is_ours and super().has_delete_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: OfferedModel | None = None) -> Any:
        own = ("label", "description", *self.list_editable[1:])
        return self.fields if obj else ("provider", "name", *own)

    def get_readonly_fields(self, request: HttpRequest, obj: OfferedModel | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewModelForm} | kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **{"empty_label": environment_name(), **kwargs}
        )

    def delete_model(self, request: HttpRequest, obj: OfferedModel) -> None:
        super().delete_model(request, obj)
        layer.announce_models()

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": RowForm} | kwargs)

    def save_model(self, request: HttpRequest, obj: OfferedModel, form: Any, change: bool) -> None:
        if not change:
            obj.by_name = True
        super().save_model(request, obj, form, change)
        layer.announce_models()

    @admin.display(description=_("provider"), ordering="provider__name")
    def provider_name(self, row: OfferedModel) -> str:
        return str(row.provider or environment_name())

    @admin.display(description=_("default"), boolean=True, ordering="is_default")
    def is_the_default(self, row: OfferedModel) -> bool:
        return row.is_default

    @admin.display(description=_("unsupported parameters"))
    def refuses(self, row: OfferedModel) -> str:
        return describe_refusals(readable(row.capabilities)) or gettext("None known")

    @method_decorator(require_POST)
    def forget_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: what was learnt of it is forgotten."""
        row = get_object_or_404(OfferedModel, pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        catalog.forget_capabilities(OfferedModel.objects.filter(pk=pk))
        audit.record(staff(request), row, Action.MODEL_CAPABILITIES_FORGOTTEN)
        said = gettext("All parameters will be sent to %(model)s again.")
        messages.success(request, said % {"model": row})
        return redirect("admin:chat_offeredmodel_change", pk)

    @admin.display(description=pgettext_lazy("of a service", "status"))
    def state(self, row: OfferedModel) -> str:
        """Return whether people can choose it; if so, what is out of the ordinary about it, else why not."""
        if row.gone_at:
            return tag(gettext("Removed on %(day)s") % {"day": day_of(row.gone_at)}, is_alert=True)
        if row.provider and not row.provider.is_enabled:
            return tag(gettext("Provider disabled"), is_alert=row.is_offered)
        if not row.is_offered:
            return gettext("Disabled")
        if row.provider and row.provider.problem and not (row.by_name and row.provider.problem in NO_LIST):
            return tag(gettext("Provider failed the last check"), is_alert=True)
        if row.is_default:
            return tag(gettext("Default"))
        if row.by_name:
            return tag(gettext("Added by name"))
        endpoint = environment.endpoint()
        if row.provider_id is None and endpoint is not None and endpoint.kind == "demo":
            return tag(gettext("Fallback"))
        return gettext("Enabled")

    @admin.action(description=_("Enable"), permissions=["change"])
    def offer(self, request: HttpRequest, queryset: QuerySet[OfferedModel]) -> None:
        self._set_offered(request, queryset, is_offered=True)

    @admin.action(description=_("Disable"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[OfferedModel]) -> None:
        self._set_offered(request, queryset, is_offered=False)

    @admin.action(description=_("Make default"), permissions=["change"])
    def make_default(self, request: HttpRequest, queryset: QuerySet[OfferedModel]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            messages.error(request, gettext("Select exactly one model."))
            return
        try:
            catalog.make_default(chosen[0])
        except ModelNotOffered:
            messages.error(
                request, gettext("Only an enabled model that is still available can be the default.")
            )
        else:
            audit.record(staff(request), chosen[0], Action.MODEL_MADE_DEFAULT)
            messages.success(request, gettext("The default model is now %(model)s.") % {"model": chosen[0]})

    def _set_offered(
        self, request: HttpRequest, queryset: QuerySet[OfferedModel], *, is_offered: bool
    ) -> None:
        rows = list(queryset)
        count = queryset.update(is_offered=is_offered)
        layer.announce_models()
        for row in rows:
            audit.record(staff(request), row, Action.MODEL_ENABLED if is_offered else Action.MODEL_DISABLED)
        said = ngettext("%(count)d model was changed.", "%(count)d models were changed.", count)
        messages.success(request, said % {"count": count})


def describe_refusals(capabilities: dict[str, str]) -> str:
    """Return what a model does not take, by the names of the model API; "" for nothing."""
    ours = {SYSTEM: gettext("system role"), STREAM: pgettext("that a model does not take", "streaming")}
    names = [ours.get(name, name) for name in capabilities if not capabilities[name]]
    refused = pgettext("between names", ", ").join(names)
    said = [refused] if refused else []
    renamed = gettext("%(name)s is sent as %(newer)s")
    said += [renamed % {"name": name, "newer": newer} for name, newer in capabilities.items() if newer]
    return pgettext("between remarks", "; ").join(said)


def environment_name() -> str:
    """Return the provider that the environment names, as it is called in this process."""
    endpoint = environment.endpoint()
    return service_name(endpoint.label) if endpoint else gettext("server settings")

"""The button "Test" of a service in the admin: it is tried as it is kept, or as it is typed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from chat.operations.findings import Finding, fail


class Testable:
    """For a ModelAdmin whose form is a SealedForm; its submit_line.html extends tested_submit_line.html."""

    model: Any
    opts: Any
    admin_site: Any

    def try_out(self, service: Any, kept: Any, *, is_typed: bool) -> list[Finding]:
        """Return what was found. `kept` is the row, None before it is added; `is_typed` if not as kept."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        guard, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}_test"
        return [
            path("test/", guard(self.test_view), name=f"{name}_new"),
            path("<int:pk>/test/", guard(self.test_view), name=name),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @method_decorator(require_POST)
    def test_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """POST: try a service out; without `pk` it is one to be added.

        With the fields of its form it is tried as it is typed there, which saves nothing.
        """
        admin: Any = self
        kept = get_object_or_404(self.model, pk=pk) if pk else None
        is_allowed = admin.has_change_permission(request, kept) if kept else admin.has_add_permission(request)
        if not is_allowed:
            raise PermissionDenied
        service = kept or self.model()
        form: Any = admin.get_form(request, kept, change=bool(kept))(request.POST, instance=service)
        is_typed = not kept or ("base_url" in request.POST and form.has_changed())
        if is_typed and not form.is_valid():
            findings = [fail(str(form[name].label), str(error[0]), "") for name, error in form.errors.items()]
        else:
            findings = self.try_out(form.applied() if is_typed else service, kept, is_typed=is_typed)
        called = str(service) or self.opts.verbose_name
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Test: %(service)s") % {"service": called},
            "opts": self.opts,
            "service": service,
            "is_typed": is_typed,
            "findings": findings,
        }
        return TemplateResponse(request, "admin/test.html", context)

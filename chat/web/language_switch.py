"""Another language for a page with a form, where there is no script: what was typed goes along."""

from typing import Any

from django.forms import BaseForm, FileInput, PasswordInput
from django.http import HttpRequest, HttpResponseBase
from django.template import RequestContext
from django.utils import translation

from chat.web import languages
from chat.web.middleware import Handler

BUTTON = "switch-language"
"""By its name a form says that only the language is to change (templates/shared/_language_form.html)."""


class LanguageSwitchMiddleware:
    """Shows the page of a form again, in the language that is posted with the form's fields.

    The page is then as if it were only asked for: nothing is checked, counted or saved. What was typed is in
    the request alone, and goes back with the page that answers it. It is in no address and in no session, and
    a password does not go back either: it is to be typed again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if hasattr(request, "switched_to"):
            languages.choose(request, response, request.switched_to)
        return response

    def process_view(self, request: HttpRequest, view: Any, *given: Any) -> None:
        """Take what is posted for a question; the form's token has been looked at by then."""
        code = languages.known(request.POST.get("language", ""))
        is_meant = request.method == "POST" and BUTTON in request.POST and code
        if not is_meant or getattr(view, "csrf_exempt", False):
            return
        translation.activate(code)  # until Django's own middleware has named it in the answer
        request.LANGUAGE_CODE = code
        request.switched_to = code  # type: ignore[attr-defined]
        request.method = "GET"


def keep_typed(context: RequestContext, form: BaseForm | str) -> str:
    """Put into a page's form what was typed in it before the language changed; "" is what stands for it."""
    request: Any = context.get("request")
    if request is not None and isinstance(form, BaseForm) and hasattr(request, "switched_to"):
        for name, field in form.fields.items():
            if not isinstance(field.widget, PasswordInput | FileInput):
                typed = field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
                form.initial[name] = typed
    return ""

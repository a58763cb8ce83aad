"""What views answer after a form, to a script and to a browser without one."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from chat.web.error_views import is_script
from chat.web.flash import flash


def done(request: HttpRequest, address: str) -> HttpResponse:
    """Return 204 to a script, and the way to `address` to a browser."""
    if is_script(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(address, status=303)


def refuse_form(request: HttpRequest, form: BaseForm, address: str) -> HttpResponse:
    """Return what is wrong with a form first: JSON to a script, a flash at `address` to a browser."""
    text = str(next(iter(form.errors.values()))[0])
    if is_script(request):
        return JsonResponse({"code": "bad_form", "text": text}, status=400)
    flash(request, text, messages.ERROR)
    return HttpResponseRedirect(address, status=303)


def form_errors(form: BaseForm) -> JsonResponse:
    """Return `{"code", "text", "fields"}`: for a script, a sentence for each wrong field by its name."""
    fields = {name: str(wrong[0]) for name, wrong in form.errors.items()}
    text = next(iter(fields.values()))
    return JsonResponse({"code": "bad_form", "text": text, "fields": fields}, status=400)

"""How far a job in the background is: a page of its own, and what pages show of it."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from chat.jobs import actions as jobs
from chat.models import Job
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script


@member_view("GET")
def job(request: MemberRequest, job_uuid: uuid.UUID) -> HttpResponse:
    """Show how far a job is; to a script `{"status", "done", "total", "html"}`. Raises NotFound."""
    found = jobs.job_of(request.user, job_uuid)
    return _told(request, found) if is_script(request) else render(request, "jobs/job.html", {"job": found})


@member_view("POST")
def cancel(request: MemberRequest, job_uuid: uuid.UUID) -> HttpResponse:
    """End a job, and show how far it came; `next` is the page of the site that it was shown on."""
    cancelled = jobs.cancel(request.user, job_uuid)
    if is_script(request):
        return _told(request, cancelled)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("job", args=[job_uuid])
    return HttpResponseRedirect(back, status=303)


def _told(request: MemberRequest, found: Job) -> JsonResponse:
    html = render_to_string("jobs/_progress.html", {"job": found}, request)
    return JsonResponse({"status": found.status, "done": found.done, "total": found.total, "html": html})

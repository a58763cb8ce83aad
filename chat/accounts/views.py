"""What people choose for all of their pages."""

from django.http import HttpResponse
from django.urls import reverse

from chat.web.answers import done
from chat.web.decorators import MemberRequest, member_view


@member_view("POST")
def follow_text(request: MemberRequest) -> HttpResponse:
    """POST on=1 to let pages go on with a reply being written, anything else to let them stand still."""
    request.user.follows_text = request.POST.get("on") == "1"
    request.user.save(update_fields=["follows_text"])
    return done(request, reverse("chat"))

"""What people say of messages, as moderators read it: in a list, and each with its conversation."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Left, Length
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.lists import EXCERPT, ListAdmin, staff
from chat.conversations.actions import A_PAGE
from chat.conversations.presenter import present
from chat.core.text import first_words
from chat.markdown import plain
from chat.models import Message
from chat.moderation import audit

# Messages shown before and after the one that it is about
AROUND = 3


class AboutMessages(ListAdmin):
    """Rows with a `message`, whose beginning is in the list."""

    ordering: ClassVar[tuple[str, ...]]

    def with_beginnings(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows with their conversations, and of a message only what the list shows."""
        rows = rows.select_related("message__conversation__owner").order_by(*self.ordering)
        rows = rows.annotate(beginning=Left("message__text", 4 * EXCERPT))
        return rows.defer("message__text", "message__html", "message__reasoning", "message__thinking_html")

    @admin.display(description=pgettext_lazy("in a conversation", "message"))
    def excerpt(self, row: Any) -> SafeString:
        text = first_words(plain(row.beginning), EXCERPT)
        hidden = format_html(' <b class="tag">{}</b>', _("hidden")) if row.message.is_hidden else ""
        return format_html('<span class="excerpt" dir="auto">{}</span>{}', text, hidden)

    def thread_for(self, request: HttpRequest, message: Message) -> dict[str, Any]:
        """Return what admin/chat/with_thread.html shows of the message, and note that it was read."""
        audit.record_read(staff(request), message.conversation)
        return {
            "subtitle": None,
            "thread": [present(row, with_hidden=True) for row in surroundings(message)],
            "reported": str(message.uuid),
        }


def surroundings(message: Message) -> list[Message]:
    """Return the message with up to AROUND messages before and after it on its branch, oldest first.

    There are fewer where they are very long. Downwards the branch is the newest answer to each message. At
    most AROUND + 1 queries.
    """
    thread = Message.branch_to(message.pk, AROUND + 1, A_PAGE)
    for _step in range(AROUND):
        rows = Message.objects.filter(parent_id=thread[-1].pk).order_by("-id")
        following = rows.annotate(size=Length("text")).filter(size__lte=A_PAGE // AROUND).first()
        if following is None:
            break
        thread.append(following)
    return thread

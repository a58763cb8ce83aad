"""Rating a reply. Every row is reached through the owner of its conversation."""

import uuid

from django.db import transaction
from django.db.models import F, Q, QuerySet

from chat.conversations.actions import message_of
from chat.core import limits
from chat.core.errors import NotFound, Suspended
from chat.core.limits import Allowance
from chat.feedback.errors import MOST_AN_HOUR, TooMuchFeedback
from chat.models import Feedback, Message, Role, Status, User
from chat.models.feedback import Rating


def rateable(user: User, message_uuid: uuid.UUID) -> Message:
    """Return a reply in one of the person's conversations that has ended and is not hidden.

    Raises NotFound for everything else.
    """
    message = message_of(user, message_uuid)
    if message.role != Role.ASSISTANT or message.is_hidden or message.status == Status.RUNNING:
        raise NotFound
    return message


@transaction.atomic
def rate(
    user: User, message_uuid: uuid.UUID, rating: str, reason: str = "", comment: str = ""
) -> Feedback | None:
    """Keep what a person finds of a reply, in place of what they found before; "" takes it back.

    `rating` and `reason` are values of Rating and Reason; a good reply needs no reason. Raises NotFound,
    Suspended or TooMuchFeedback.
    """
    message = rateable(user, message_uuid)
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    if over := limits.take(Allowance("feedback", str(user.pk), MOST_AN_HOUR, limits.HOUR)):
        raise TooMuchFeedback(retry_after=over.wait)
    if not rating:
        Feedback.objects.filter(message=message, person=user).delete()
        return None
    said = {
        "rating": rating,
        "reason": reason if rating == Rating.DOWN else "",
        "comment": comment,
        "model": message.model_label or message.model,
        "persona": message.persona_name,
    }
    return Feedback.objects.update_or_create(message=message, person=user, defaults=said)[0]


def feedback_of(user: User, message: Message) -> Feedback | None:
    """Return what this person found of a reply, if they have said so."""
    return Feedback.objects.filter(message=message, person=user).first()


def ratings_among(messages: list[Message]) -> dict[int, str]:
    """Return what the conversation's owner found of those replies, by their ids. One query."""
    replies = [message.pk for message in messages if message.role == Role.ASSISTANT]
    theirs = Feedback.objects.filter(person=F("message__conversation__owner"), message__in=replies)
    return dict(theirs.values_list("message_id", "rating"))


def feedback_in_view() -> QuerySet[Feedback]:
    """Return the feedback that moderators see: a conversation its owner has deleted is gone for them too.

    But for a temporary one that is recorded.
    """
    return Feedback.objects.filter(
        Q(message__conversation__deleted_at=None) | Q(message__conversation__recorded=True)
    )

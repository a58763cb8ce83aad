"""How people ask for answers. Nothing is overwritten: an edit or another answer is a sibling.

Every action is one transaction, and the same `client_id` again gives the rows that it made the first time.
All of them raise Suspended, TooManyMessages, TooManyReplies, TooManyRequests, NotFound for what is not the
person's, and SentBefore for a `client_id` that stands for something else.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chat.catalog.actions import offered_model
from chat.conversations import context, placeholders
from chat.conversations.actions import begin, message_of
from chat.core import text
from chat.core.errors import ChatError, NotFound
from chat.models import (
    Conversation,
    Generation,
    Message,
    OfferedModel,
    Preferences,
    Role,
    Status,
    User,
)
from chat.models.prepared import insert_one, update
from chat.realtime import layer
from chat.realtime.protocol import WRITING
from chat.replies import limits
from chat.replies.branch import answer_in, check_is_tip, check_not_running, locked
from chat.replies.errors import (
    BadText,
    EmptyMessage,
    MessageTooLong,
    NotContinuable,
    ReplyRunning,
    SentBefore,
)
from chat.search import index as search

# Requests of a conversation's first message: its reply's, and its title's
WITH_TITLE = 2
# At most, by the estimate of `context.tokens`
CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ReplyRequest:
    """A saved question and its empty (or, to be continued, partial) reply.

    `fresh` is False when the same client_id came before. `branched` says that the reply is not simply
    the next one below what was in view: pages show the branch anew.
    """

    conversation: Conversation
    message: Message
    reply: Message
    fresh: bool
    branched: bool = False


def check_text(words: str) -> str:
    """Return a person's text, fit to be saved. Raise EmptyMessage, MessageTooLong or BadText."""
    if len(words) > text.MAX_MESSAGE:
        raise MessageTooLong
    if text.find_bad(words):
        raise BadText
    if text.is_blank(words):
        raise EmptyMessage
    return words


def send(
    user: User,
    *,
    client_id: uuid.UUID,
    words: str,
    conversation_uuid: uuid.UUID | None,
    parent_uuid: uuid.UUID | None,
    worker_id: str,
    branch: bool = False,
    model: int | None = None,
    temporary: bool = False,
) -> ReplyRequest:
    """Save a person's message and the empty reply that the process `worker_id` will write.

    `parent_uuid` is the message it follows, or the client_id of one sent before. When that is no longer
    the tip, NewerMessages is raised, unless a `branch` from there is wanted. `model` is what a page shows for
    the chat that is begun (ModelChoice.for_new_chat), and `temporary` what kind of chat it is to be. Raises
    what `check_text` raises, ReplyRunning, and TemporaryChatsOff.
    """
    check_text(words)

    def act() -> ReplyRequest:
        limits.check_may_ask(user)
        if conversation_uuid is None:
            conversation = begin(user, model, is_temporary=temporary)
            return _say(user, client_id, words, conversation, None, worker_id)
        conversation = locked(user, conversation_uuid)
        if branch:
            check_not_running(conversation)
            return _say(user, client_id, words, conversation, answer_in(conversation, parent_uuid), worker_id)
        check_is_tip(conversation, parent_uuid)
        return _say(user, client_id, words, conversation, conversation.tip, worker_id)

    return _once(user, client_id, act, words)


def edit(
    user: User,
    *,
    client_id: uuid.UUID,
    message_uuid: uuid.UUID,
    words: str,
    tip: uuid.UUID | None,
    worker_id: str,
) -> ReplyRequest:
    """Save another wording of a person's message beside it, and the empty reply to that.

    `tip` is the last message that the page shows. Raises what `send` raises.
    """
    check_text(words)

    def act() -> ReplyRequest:
        limits.check_may_ask(user)
        old = message_of(user, message_uuid)
        if old.role != Role.USER:
            raise NotFound
        conversation = locked(user, old.conversation.uuid)
        check_is_tip(conversation, tip)
        return _say(user, client_id, words, conversation, old.parent, worker_id, branched=True)

    return _once(user, client_id, act, words)


def retry(
    user: User,
    *,
    client_id: uuid.UUID,
    reply_uuid: uuid.UUID,
    tip: uuid.UUID | None,
    worker_id: str,
    model: int | None = None,
) -> ReplyRequest:
    """Save an empty sibling of an answer, which takes its place on the branch in view.

    `tip` is the last message that the page shows. `model` is the id of the one that is to write this reply
    alone, None the conversation's. Raises ReplyRunning, NewerMessages or ModelNotOffered.
    """

    def act() -> ReplyRequest:
        limits.check_may_ask(user)
        old = message_of(user, reply_uuid)
        # A hidden question has left the model's context, and a retry would send it again
        if old.role != Role.ASSISTANT or old.parent is None or old.parent.is_hidden:
            raise NotFound
        conversation = locked(user, old.conversation.uuid)
        check_is_tip(conversation, tip)
        chosen = None if model is None else offered_model(model)
        return _begin_reply(user, conversation, old.parent, worker_id, client_id, branched=True, model=chosen)

    return _once(user, client_id, act)


@transaction.atomic
def continue_reply(user: User, *, reply_uuid: uuid.UUID, worker_id: str) -> ReplyRequest:
    """Let the process `worker_id` write on in an answer that was stopped, interrupted or cut.

    Raises ReplyRunning, or NotContinuable for one that is whole, empty, hidden or not the last of its branch.
    """
    limits.check_may_ask(user)
    reply = message_of(user, reply_uuid)
    if reply.status == Status.RUNNING:
        raise ReplyRunning
    question = reply.parent
    if question is None or question.is_hidden or reply.is_hidden:
        raise NotContinuable
    may_go_on = Message.objects.continuable().filter(pk=reply.pk)
    if not may_go_on.exists() or not reply.text or reply.children.exists():
        raise NotContinuable
    if 0 < settings.CONTEXT_TOKENS < context.tokens(reply.text) + context.tokens(question.text):
        raise NotContinuable
    check_not_running(locked(user, reply.conversation.uuid))
    now = timezone.now()
    # The row of the generation first, as everybody does; the state is asked again: of two at once, one wins
    generation = Generation.objects.locked().get(reply=reply)
    if not may_go_on.update(status=Status.RUNNING, author=user, finish_reason=""):
        raise ReplyRunning
    search.remove(Message.objects.filter(pk=reply.pk))
    is_lately = generation.requested_at is not None and generation.requested_at > now - limits.MINUTE
    generation.request_count = generation.request_count + 1 if is_lately else 1
    generation.worker, generation.requested_by, generation.requested_at = worker_id, user, now
    generation.error = generation.error_detail = ""
    generation.heartbeat = Now()
    generation.save()
    limits.count_requests(user, 1)
    if not reply.conversation.temporary:
        Conversation.objects.filter(pk=reply.conversation_id).update(reply_unseen=True)
        layer.announce_progress(user.pk, {reply.conversation.uuid: WRITING})
    reply.status, reply.author, reply.generation = Status.RUNNING, user, generation
    return ReplyRequest(reply.conversation, question, reply, fresh=True)


@transaction.atomic
def stop_elsewhere(reply: Message) -> bool:
    """End a reply that another process writes, and return whether it still ran.

    That process notices within a second. One that was continued since it was read is another matter, and
    goes on.
    """
    rows = Generation.objects.filter(reply=reply, requested_at=reply.generation.requested_at)
    if not list(rows.locked()):
        return False
    own = Message.objects.filter(pk=reply.pk)
    is_ended = bool(own.running().update(status=Status.STOPPED))
    search.add(own)
    return is_ended


def context_for(reply: Message, *, in_steps: bool = False) -> context.PromptContext:
    """Return what the model is to see for this reply, whose conversation and question are at hand.

    Three bounded queries at most.

    `in_steps` says that its provider keeps prefixes. Raises ContextTooLong for a question that has more than
    CONTEXT_TOKENS.
    """
    count, most = reply.conversation.context_exchanges, settings.CONTEXT_TOKENS
    bound = {"characters": CHARACTERS_A_TOKEN * most} if most else {}
    steps = context.Steps.of(count, reply.get_depth() - 1) if in_steps else None
    further = steps.growth if steps else 0
    question = reply.parent
    if question is not None and question.parent_id is None:  # there is nothing before it
        rows = [question]
    else:
        rows = Message.context_rows(reply.parent_id or reply.pk, count + further, **bound)
    chosen = Preferences.of(reply.conversation.owner_id)
    with timezone.override(chosen.zone or timezone.get_current_timezone()):
        system = context.joined(settings.SYSTEM_PROMPT, placeholders.instructions_for(reply))
    personal = context.personal_instructions(chosen)
    project = context.project_instructions(reply.conversation.current_project)
    found = context.prompt_context(system, rows, count, reply.text, personal, project, steps=steps)
    return found.within(most)


# Internal


def _once(user: User, client_id: uuid.UUID, act: Callable[[], ReplyRequest], words: str = "") -> ReplyRequest:
    """Do it in a transaction; if it is refused for having been done before, return what it made then.

    `words` are those of the message; an answer that is asked for has none. Only the database knows,
    whatever this process remembers: of five at once one wins.
    """
    try:
        with transaction.atomic():
            return act()
    except (ChatError, IntegrityError):
        if known := _asked_before(user, client_id):
            saved = known.message.text if known.message.client_id == client_id else ""
            if saved != words:
                raise SentBefore from None
            return known
        raise


def _asked_before(user: User, client_id: uuid.UUID) -> ReplyRequest | None:
    rows = Message.objects.filter(author=user, client_id=client_id)
    found = rows.select_related("conversation", "parent", "generation").first()
    if found is None:
        return None
    if found.conversation.deleted_at is not None:
        raise NotFound
    if found.role == Role.ASSISTANT and found.parent is not None:
        return ReplyRequest(found.conversation, found.parent, found, fresh=False, branched=True)
    reply = found.children.select_related("conversation", "parent", "generation").earliest("id")
    beside = Message.objects.filter(
        conversation=found.conversation_id, parent=found.parent_id, pk__lt=found.pk
    )
    branched = found.conversation.tip_id != reply.pk or beside.exists()
    return ReplyRequest(found.conversation, found, reply, fresh=False, branched=branched)


def _say(
    user: User,
    client_id: uuid.UUID,
    words: str,
    conversation: Conversation,
    parent: Message | None,
    worker_id: str,
    *,
    branched: bool = False,
) -> ReplyRequest:
    message = Message(
        conversation=conversation,
        parent=parent,
        author=user,
        client_id=client_id,
        role=Role.USER,
        text=words,
        depth=_depth_below(parent),
    )
    insert_one(message)
    branched = branched or (parent is not None and parent.pk != conversation.tip_id)
    if not conversation.temporary:
        search.add_new(message, user.pk)
        conversation.title = conversation.title or text.first_words(words)
    return _begin_reply(user, conversation, message, worker_id, branched=branched)


def _depth_below(parent: Message | None) -> int:
    """Return the depth of what follows a message, which is counted once a branch where no row knows."""
    return 0 if parent is None else parent.get_depth() + 1


def _begin_reply(
    user: User,
    conversation: Conversation,
    message: Message,
    worker_id: str,
    client_id: uuid.UUID | None = None,
    *,
    branched: bool,
    model: OfferedModel | None = None,
) -> ReplyRequest:
    now = timezone.now()
    reply = Message(
        conversation=conversation,
        parent=message,
        author=user,
        client_id=client_id,
        role=Role.ASSISTANT,
        status=Status.RUNNING,
        persona_name=conversation.persona_name,
        depth=_depth_below(message),
    )
    insert_one(reply)
    generation = Generation(
        reply=reply,
        worker=worker_id,
        heartbeat=Now(),
        requested_by=user,
        requested_at=now,
        request_count=1,
        chosen_model=model,
    )
    insert_one(generation)
    conversation.tip = reply
    conversation.last_activity_at = now
    conversation.reply_unseen = not conversation.temporary
    conversation.archived_at = None  # who goes on with it wants it in the list
    update(conversation, "tip", "title", "last_activity_at", "reply_unseen", "archived_at")
    limits.count_requests(user, 1 if message.parent_id or conversation.temporary else WITH_TITLE)
    if not conversation.temporary:
        layer.announce_listed(conversation, moved=True)
        layer.announce_progress(conversation.owner_id, {conversation.uuid: WRITING})
    return ReplyRequest(conversation, message, reply, fresh=True, branched=branched)

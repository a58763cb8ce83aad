"""The voice socket: recordings come in and words go out, replies are read aloud. Opened when first used."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, ClassVar

import msgspec
from django.db import IntegrityError

from chat.consumers.person import PersonConsumer
from chat.consumers.reply_texts import texts_of
from chat.core.database import in_database
from chat.core.errors import ChatError, Suspended
from chat.core.text import clean
from chat.core.tracing import request_id
from chat.markdown.speech import SpokenSentence
from chat.models import Message, User
from chat.moderation.actions import AccountStatus
from chat.provider.speech import Recognizer, Speaker
from chat.realtime import layer, layer_messages
from chat.realtime import voice_protocol as protocol
from chat.realtime.errors import BadFrame
from chat.voice import actions, limits, providers
from chat.voice.clips import Clip, Clips
from chat.voice.errors import ClipIdle, NoRecognition
from chat.voice.reading import Outlet, Reading, one, sentences_of
from chat.voice.speaking import Voice
from chat.web.errors import TooFast
from chat.web.rate_limit import TokenBucket

# Frames of sound a second, and at once: ten come while somebody speaks, and all of the longest recording when
# it comes anew after a connection that was cut
SOUND_PACE, SOUND_BURST = 50, 6500
# Seconds between two looks at the words that a service has found so far
WORDS_INTERVAL = 0.15
# Seconds below which a recording has no words in it
SHORTEST_CLIP = 0.1
# Seconds without a recording or a reading after which the socket is closed (pages do so themselves after five
# minutes), and between two looks at that
IDLE, LOOK = 360.0, 10.0
CLOSE_UNUSED = 1000


class VoiceConsumer(PersonConsumer):
    """One page's recordings, and the one reply that is read to it."""

    def _begin(self, user: User) -> None:
        self._person = user
        self._clips = Clips(user.pk)
        self._sound_pace = TokenBucket(SOUND_PACE, SOUND_BURST)
        self._recognizing: dict[int, asyncio.Task[None]] = {}
        self._reading: Reading | None = None
        self._reading_task: asyncio.Task[None] | None = None
        self._message: Message | None = None  # that is read, and of whose conversation the news are heard
        self._spawn(self._watch_idle())

    async def _watch_idle(self) -> None:
        """Let go of recordings that get no sound, and of a socket that is used for nothing."""
        used_at = time.monotonic()
        while time.monotonic() - used_at < IDLE:
            await asyncio.sleep(LOOK)
            for clip_id in self._clips.discard_idle():
                await self._refuse(ClipIdle(), protocol.Discard(clip_id))
            if self._clips or (self._reading_task is not None and not self._reading_task.done()):
                used_at = time.monotonic()
        await self.close(CLOSE_UNUSED)

    async def _end(self) -> None:
        self._clips.close()
        await self._stop_reading()

    def _parse(self, text: str | None, data: bytes | None) -> protocol.Command | protocol.Sound:
        if data is not None:
            return protocol.parse_sound(data)
        if text is None:
            raise BadFrame
        return protocol.parse(text)

    def _check_pace(self, command: msgspec.Struct | None) -> None:
        """Sound of a recording has a pace of its own; what is not, counts as a command."""
        if not (isinstance(command, protocol.Sound) and self._is_known and command.id in self._clips):
            super()._check_pace(command)
            return
        try:
            self._sound_pace.check()
        except TooFast:
            self._clips.discard(command.id)  # it would have a gap
            raise

    def _refusal(self, problem: ChatError, text: str, command: msgspec.Struct | None) -> protocol.Refused:
        about = getattr(command, "id", None)
        return protocol.Refused(problem.code, text, about, problem.retry_after, request_id.get())

    async def _send_account_status(self, status: AccountStatus) -> None:
        """Who is suspended is not listened to any more, and nothing is read to them."""
        if status.may_send:
            return
        ended = self._clips.close()
        for task in self._recognizing.values():
            task.cancel()
        if self._reading is not None and self._reading_task is not None:
            ended.append(self._reading.number)
            await self._stop_reading()
        for number in ended:
            await self._event(protocol.Refused(Suspended.code, status.text, number))

    # Recordings

    async def _listen(self, command: protocol.Listen) -> None:
        await self._read(limits.check_may_listen)
        self._cancel_recognition(command.id)
        self._clips.begin(command)

    async def _take_sound(self, sound: protocol.Sound) -> None:
        self._clips.add(sound)

    async def _finish(self, command: protocol.Finish) -> None:
        try:
            await self._read(limits.check_may_listen)  # again: recordings beside it may have used the day up
        except ChatError:
            if command.id in self._clips:
                self._clips.discard(command.id)
            raise
        clip = self._clips.finish(command.id)
        self._recognizing[clip.id] = self._spawn(self._carry_on(partial(self._recognize, clip), command))

    async def _discard(self, command: protocol.Discard) -> None:
        self._cancel_recognition(command.id)
        self._clips.discard(command.id)

    def _cancel_recognition(self, clip_id: int) -> None:
        if task := self._recognizing.pop(clip_id, None):
            task.cancel()

    async def _recognize(self, clip: Clip) -> None:
        """Send the words of a recording as they are found, and let go of it."""
        try:
            if clip.seconds < SHORTEST_CLIP:
                await self._event(protocol.Words(clip.id, "", final=True))
                return
            recognizer = await providers.recognizer(clip.language)
            if recognizer is None:
                raise NoRecognition
            await self._tell_words(clip, recognizer)
        finally:
            self._clips.let_go(clip)
            if self._recognizing.get(clip.id) is asyncio.current_task():
                del self._recognizing[clip.id]

    async def _tell_words(self, clip: Clip, recognizer: Recognizer) -> None:
        """Tell the words of a recording. It counts also when it is thrown away before the last of them: the
        service had it, which may have a price. What fails does not count.
        """
        is_owed = True
        try:
            with limits.clip_of(self._person):
                text = await self._words_of(clip, recognizer)
            await self._event(protocol.Words(clip.id, text, final=True))
        except ChatError:
            is_owed = False
            raise
        finally:
            if is_owed:
                await self._note(limits.note_listened, seconds=clip.seconds, by=recognizer)

    async def _words_of(self, clip: Clip, recognizer: Recognizer) -> str:
        """Return all words of a recording; some of the words so far are sent meanwhile."""
        text, told_at = "", -WORDS_INTERVAL
        async with aclosing(recognizer.recognize(clip.take(), language=clip.language)) as found:
            async for heard in found:
                text = clean(heard.text).strip()
                if heard.is_final:
                    break
                if time.monotonic() - told_at >= WORDS_INTERVAL:
                    told_at = time.monotonic()
                    await self._event(protocol.Words(clip.id, text, final=False))
        return text

    # Reading aloud

    async def _read_aloud(self, command: protocol.Read) -> None:
        await self._stop_reading()
        reply = await self._read(actions.reply_to_read, command.message)
        self._message = reply
        await layer.join(layer.conversation_group(reply.conversation_id), self.channel_name)
        may_be_read = partial(self._read, actions.reply_to_read, command.message)
        try:
            await may_be_read()  # again: of what was hidden before it joined this socket was not told
            chosen = await self._read(actions.voice_settings)
            if reply.heard is not None:  # it was a cough that interrupted it, or they want to hear it anew
                await self._act(actions.mark_heard, message_uuid=reply.uuid, mark=None)
        except Exception:
            await self._stop_reading()
            raise
        # A reply may change its language
        self._begin_reading(
            command,
            sentences_of(texts_of(self._engine, reply), self._language),
            lambda language: command.voice or chosen.voice_for(language),
            may_be_read,
            command.sentence,
            keeps=not reply.conversation.temporary,
        )

    async def _try(self, command: protocol.Try) -> None:
        await self._stop_reading()
        await self._read(limits.check_may_read)
        language = command.language or self._language
        sample = SpokenSentence(clean(command.text), 0, None, None, 0, language)
        may_be_made = partial(self._read, limits.check_may_read)
        self._begin_reading(command, one(sample), lambda _: command.voice, may_be_made)

    def _begin_reading(
        self,
        command: protocol.Read | protocol.Try,
        sentences: AsyncGenerator[SpokenSentence],
        name_for: Callable[[str], str],
        check: Callable[[], Awaitable[Any]],
        first: int = 0,
        *,
        keeps: bool = True,
    ) -> None:
        voice = Voice(self._user_id, name_for, command.speed, check=check, count=self._note_read, keeps=keeps)
        self._spawn(voice.prepare(self._language))
        outlet = Outlet(self._event, self.send_frame)
        self._reading = Reading(command.id, sentences, voice, outlet, first)
        self._reading_task = self._spawn(self._carry_on(self._reading.run, command))

    async def _note_read(self, characters: int, by: Speaker) -> None:
        await self._note(limits.note_read, characters=characters, by=by)

    async def _played(self, command: protocol.Played) -> None:
        if self._reading is not None and self._reading.number == command.id:
            self._reading.played(command.sentence)

    async def _quiet(self, command: protocol.Quiet) -> None:
        reading, message = self._reading, self._message
        if reading is None or reading.number != command.id:
            return
        await self._stop_reading()
        mark = reading.heard(command.sentence, command.share) if command.interrupted else None
        if message is not None and mark is not None:
            await self._act(actions.mark_heard, message_uuid=message.uuid, mark=mark)

    async def _stop_reading(self) -> None:
        """Send no frame of it any more."""
        task, self._reading_task, self._reading = self._reading_task, None, None
        if task is not None:
            task.cancel()
        message, self._message = self._message, None
        if message is not None:
            await layer.leave(layer.conversation_group(message.conversation_id), self.channel_name)

    _commands: ClassVar[dict[type, Callable[..., Any]]] = {
        protocol.Listen: _listen,
        protocol.Sound: _take_sound,
        protocol.Finish: _finish,
        protocol.Discard: _discard,
        protocol.Read: _read_aloud,
        protocol.Try: _try,
        protocol.Played: _played,
        protocol.Quiet: _quiet,
    }

    # What the channel layer brings

    def _can_take(self, message: layer_messages.Message) -> bool:
        return self._layer_handlers.get(type(message)) is VoiceConsumer._pass_over

    async def _message_changed(self, message: layer_messages.MessageChanged) -> None:
        """What a moderator has hidden is read no further."""
        reading = self._reading
        if self._message is None or self._message.pk != message.message or reading is None:
            return
        try:
            await self._read(actions.reply_to_read, message.uuid)
        except ChatError as problem:
            await self._stop_reading()
            await self._refuse(problem, protocol.Quiet(reading.number))

    async def _pass_over(self, message: layer_messages.ForSocket) -> None:
        """It is for the page's other socket."""

    _layer_handlers: ClassVar[layer_messages.Handlers] = {
        layer_messages.Frame: _pass_over,
        layer_messages.ReplyBegan: _pass_over,
        layer_messages.ReplyEnded: _pass_over,
        layer_messages.MessageChanged: _message_changed,
        layer_messages.SessionEnded: PersonConsumer._session_ended,
        layer_messages.AccountStatusChanged: PersonConsumer._account_status_changed,
    }

    # Internal

    async def _note(self, action: Callable[..., Any], **counts: Any) -> None:
        """Count what the person had, also when the socket closes or the session ends meanwhile."""
        with suppress(IntegrityError):  # the account is gone
            await asyncio.shield(in_database(partial(action, self._person, **counts)))

    async def _carry_on(
        self, work: Callable[[], Coroutine[Any, Any, None]], command: protocol.Command
    ) -> None:
        """Do what a command has begun; what goes wrong is told as its refusal."""
        try:
            await work()
        except Exception as problem:
            await self._failed(problem, command)

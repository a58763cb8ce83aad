"""The connections to speech services, any that speak OpenAI's transcriptions and speech."""

from chat.provider.speech.connection import Deadlines
from chat.provider.speech.endpoint import SpeechEndpoint
from chat.provider.speech.recognition import ServiceRecognizer
from chat.provider.speech.sound import Audio, Heard, Recognizer, Speaker, Voice
from chat.provider.speech.synthesis import ServiceSpeaker
from chat.provider.speech.voices import suits
from chat.provider.speech.wav import wav

__all__ = [
    "Audio",
    "Deadlines",
    "Heard",
    "Recognizer",
    "ServiceRecognizer",
    "ServiceSpeaker",
    "Speaker",
    "SpeechEndpoint",
    "Voice",
    "suits",
    "wav",
]

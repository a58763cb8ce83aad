"""Rows: what is true. One-row facts and querysets; what changes several rows is an action of a capability."""

from chat.models.branding import SiteBranding
from chat.models.catalog import ModelProvider, OfferedModel
from chat.models.conversations import Conversation, Message, Role, Status
from chat.models.feedback import Feedback
from chat.models.generations import FailedReply, Generation
from chat.models.imports import Import, ImportedConversation, ImportNote, ImportStatus
from chat.models.jobs import Job, JobStatus
from chat.models.limits import CacheEntry, Counter
from chat.models.model_choices import ModelChoice
from chat.models.notifications import PushSubscription, SiteKey
from chat.models.personas import Persona
from chat.models.preferences import Preferences
from chat.models.projects import Project
from chat.models.prompts import SavedPrompt
from chat.models.reports import Report
from chat.models.requests import ModelRequest
from chat.models.search import SearchEntry
from chat.models.sharing import Share, ShareReport, ShareViews, Snapshot
from chat.models.users import User
from chat.models.voice import SpeechProvider, SpeechUsage
from chat.models.voice_settings import VoiceSettings

__all__ = [
    "CacheEntry",
    "Conversation",
    "Counter",
    "FailedReply",
    "Feedback",
    "Generation",
    "Import",
    "ImportNote",
    "ImportStatus",
    "ImportedConversation",
    "Job",
    "JobStatus",
    "Message",
    "ModelChoice",
    "ModelProvider",
    "ModelRequest",
    "OfferedModel",
    "Persona",
    "Preferences",
    "Project",
    "PushSubscription",
    "Report",
    "Role",
    "SavedPrompt",
    "SearchEntry",
    "Share",
    "ShareReport",
    "ShareViews",
    "SiteBranding",
    "SiteKey",
    "Snapshot",
    "SpeechProvider",
    "SpeechUsage",
    "Status",
    "User",
    "VoiceSettings",
]

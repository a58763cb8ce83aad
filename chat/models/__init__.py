"""Rows: what is true. One-row facts and querysets; what changes several rows is a verb, one floor up."""

from chat.models.conversations import Conversation, Message, Role, Status
from chat.models.reports import Report
from chat.models.users import User

__all__ = ["Conversation", "Message", "Report", "Role", "Status", "User"]

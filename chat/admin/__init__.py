"""The Django admin, where moderators and administrators work; importing it registers its rooms."""

from chat.admin import catalogue, conversations, failures, log, people, personas, reports

__all__ = ["catalogue", "conversations", "failures", "log", "people", "personas", "reports"]

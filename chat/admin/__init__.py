"""The Django admin, where moderators and administrators work; importing it registers its rooms."""

from chat.admin import conversations, failures, people, personas, reports

__all__ = ["conversations", "failures", "people", "personas", "reports"]

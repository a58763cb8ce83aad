"""The Django admin, where moderators and administrators work; importing it registers its rooms."""

from chat.admin import (
    branding,
    catalog,
    conversations,
    failures,
    feedback,
    jobs,
    log,
    people,
    personas,
    projects,
    reports,
    share_reports,
    voice,
)

__all__ = [
    "branding",
    "catalog",
    "conversations",
    "failures",
    "feedback",
    "jobs",
    "log",
    "people",
    "personas",
    "projects",
    "reports",
    "share_reports",
    "voice",
]

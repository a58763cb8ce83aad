"""What projects are refused for, and the limits that the sentences name."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import NotFound, RequestError
from chat.core.text import with_limits

MOST_PROJECTS = 100
"""Of one person."""


class ProjectNotFound(NotFound):
    """The same for another person's project, for one that was deleted and for a random id."""

    code = "project_not_found"
    sentence = _("This project doesn’t exist anymore, or you don’t have access.")


class TooManyProjects(RequestError):
    code = "too_many_projects"
    status = 409
    sentence = with_limits(
        _("You’ve reached the limit of %(limit)s projects. Delete one first."), limit=MOST_PROJECTS
    )

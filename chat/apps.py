"""The app, and the admin site it brings."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks
from django.db.models.signals import post_migrate, pre_delete
from django.utils.translation import gettext_lazy as _

from chat.accounts.groups import give_permissions
from chat.operations.checks import check_site
from chat.personas.builtin import make_builtins


class ChatConfig(AppConfig):
    """Conversations with a language model, for a community."""

    default = True
    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        import_errors()
        checks.register(check_site, "site")
        post_migrate.connect(give_permissions, sender=self)
        post_migrate.connect(make_builtins, sender=self)
        # It knows the models, which are not there yet when this module is read
        index = import_module("chat.search.index")
        pre_delete.connect(index.remove_conversation, sender="chat.Conversation")


def import_errors() -> None:
    """Import the errors of every capability: only then a stored code says its own sentence."""
    here = Path(__file__).parent
    for path in sorted(here.rglob("errors.py")):
        import_module(".".join(("chat", *path.relative_to(here).with_suffix("").parts)))


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our site in its place."""

    default = False
    default_site = "chat.admin.site.ChatAdminSite"

    def ready(self) -> None:
        # Before autodiscovery asks for the site: its package registers with it while being imported
        import_module("chat.admin")
        super().ready()

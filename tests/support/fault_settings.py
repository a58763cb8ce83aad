"""The site's own settings, with shorter waits and other ills that a test asks for in the environment."""

import os
import resource

from gptsite.settings import *  # noqa: F403
from gptsite.settings import CHANNEL_LAYERS, DATABASES, INSTALLED_APPS

INSTALLED_APPS += ["tests.support.fault_app.Faults"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_options = DATABASES["default"]["OPTIONS"]

if patience := os.environ.get("STORAGE_PATIENCE"):  # seconds
    _options.get("pool", _options)["timeout"] = float(patience)
    if "options" in _options:
        _options["options"] = _options["options"].replace("5s", f"{patience}s")
if pages := os.environ.get("SQLITE_PAGES"):  # the database is full with that many
    _options["init_command"] += f"PRAGMA max_page_count={pages};"
if layer := os.environ.get("LAYER"):
    CHANNEL_LAYERS["default"]["BACKEND"] = layer
if log := os.environ.get("LOG_TO"):
    os.dup2(os.open(log, os.O_WRONLY), 2)
if files := os.environ.get("FILES"):
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(files), int(files)))

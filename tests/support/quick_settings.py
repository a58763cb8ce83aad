"""The site's own settings, with passwords that are hashed at once: a real hash takes 0.24 s of processor time."""

from django.conf.global_settings import PASSWORD_HASHERS as REAL

from gptsite.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *REAL]

#!/usr/bin/env python
"""Django's command line for this site."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

# What stays, and does much at a time
STAYING = ("serve", "runserver", "worker")


class CommandLine(ManagementUtility):
    """Lets a command that soon ends connect to PostgreSQL by itself, and be told at once that it is away.

    A pool tries for 10 s each time it is asked for a connection: the doctor took 40 s to say there is none.
    """

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        if subcommand not in STAYING and settings.configured:
            options = settings.DATABASES["default"].get("OPTIONS", {})
            if options.pop("pool", None):
                options.setdefault("connect_timeout", 10)
        return command


if __name__ == "__main__":
    # Next to nothing of what a start loads and a reply needs is a circle of garbage. To look for one at every
    # 700th object took 8 % of the start, 2 % of the work of 200 streams, and pauses of 0.1 s
    gc.set_threshold(50_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptsite.settings")
    try:
        CommandLine(sys.argv).execute()
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    except (OperationalError, InterfaceError) as problem:
        sys.exit(f"The database cannot be used: {' '.join(str(problem).split())}\nAsk: make doctor")
    except KeyboardInterrupt:
        sys.exit(130)

"""What takes long to load and reads no setting: tests/support/forks.py loads it once for all processes of a run."""

import importlib

SLOW = """
aiohttp.web autobahn.twisted.websocket babel.messages channels.generic.websocket channels_redis.pubsub comrak
django.contrib.admin django.contrib.auth.hashers django.core.management.commands.migrate django.forms
django.template.loader django.views.generic environ h11 httpcore2 httpx2 math_core msgspec nh3 openai.pagination
PIL.Image psycopg_pool pygments.formatters.html pygments.lexers servestatic twisted.internet.asyncioreactor
twisted.logger twisted.web.http
"""
# Of the site what does not depend on the settings: a third of a start
OWN = """
chat.demo.server chat.markdown.diagram_worker chat.operations.checks chat.pictures.icons chat.search.excerpts
chat.transfer.imports.reader chat.voice.clips
"""

for name in SLOW.split() + OWN.split():
    importlib.import_module(name)

"""The site's own settings, on a channel layer that can be made unreliable."""

from gptsite.settings import *  # noqa: F403
from gptsite.settings import CHANNEL_LAYERS, REDIS_URL

CHANNEL_LAYERS["default"]["BACKEND"] = f"tests.chaos.layer.Unreliable{'Redis' if REDIS_URL else 'Memory'}"

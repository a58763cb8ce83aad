"""An idle server has not imported what only TLS of its own, WAMP, or sealed secrets would need."""

import subprocess
import sys
from textwrap import dedent

import pytest

from tests.support.server import ROOT

WAYS = {
    "neither cryptography nor WAMP's part of it is there, and they come for whoever asks for them": """
        import gptsite.asgi
        assert "daphne.server" in sys.modules
        assert not {"cryptography", "OpenSSL", "autobahn.wamp.auth"} & sys.modules.keys()
        from chat.core.sealing import seal, unseal
        assert unseal(seal("secret")) == "secret"
        from autobahn.wamp.auth import compute_totp
        from OpenSSL import SSL
        assert compute_totp("MFRGGZDFMZTWQ2LK") and SSL.Context
    """,
    "who had imported them keeps them": """
        import OpenSSL
        import gptsite.asgi
        assert sys.modules["OpenSSL"] is OpenSSL
    """,
    "what does jobs comes with the first of them": """
        import django
        django.setup()
        from chat.management.commands import serve
        assert "chat.jobs.host" in sys.modules
        assert not {"chat.jobs.runner", "chat.jobs.registry", "chat.jobs.context"} & sys.modules.keys()
        assert not [name for name in sys.modules if name.endswith(".background")]
    """,
    "where the server needs them it is imported as usual": """
        from importlib.abc import MetaPathFinder
        class Newer(MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "daphne.server" and "autobahn.wamp.auth" in sys.modules:
                    raise ImportError("a name that the stand-in lacks")
        sys.meta_path.insert(0, Newer())
        import gptsite.asgi
        assert {"daphne.server", "cryptography"} <= sys.modules.keys()
    """,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_imported_at_the_start(way, tmp_path):
    prepared = "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'gptsite.settings'\n"
    done = subprocess.run(
        [sys.executable, "-c", prepared + dedent(WAYS[way])],
        cwd=ROOT,
        env={"PATH": "", "DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr

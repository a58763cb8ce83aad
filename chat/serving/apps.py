"""Daphne as an installed app, imported without what no server of this site uses.

Twisted imports pyOpenSSL for TLS, which ends at the proxy here, and Autobahn the cryptography of WAMP, which
is another protocol over WebSockets. Without both a server is 11 MB smaller.
"""

import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

# None makes an import fail: Twisted does without pyOpenSSL. Autobahn needs a module, of which it asks nothing
STAND_INS = {"OpenSSL": None, "autobahn.wamp.auth": ModuleType("autobahn.wamp.auth")}


def import_server() -> None:
    """Import Daphne's server without them; whoever asks for one of them later gets it.

    Does nothing where another version of Autobahn needs them: then the server is imported as usual.
    """
    if STAND_INS.keys() & sys.modules.keys():
        return
    sys.modules.update(STAND_INS)  # type: ignore[arg-type]
    try:
        with suppress(ImportError):
            import_module("daphne.server")
    finally:
        for name in STAND_INS:
            del sys.modules[name]


import_server()

from daphne.apps import DaphneConfig  # noqa: E402

__all__ = ["DaphneConfig"]

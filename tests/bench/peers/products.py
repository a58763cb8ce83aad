"""What is compared: how each is installed, started and spoken to.

Versions are pinned: what the table says is true of these. Beside a product's own version stand those of what
decides its speed, unless the product pins them itself; everything else is as pip finds it.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chat.core.text import TITLE_MARKER
from tests.bench.peers.chainlit_page import ChainlitPage
from tests.bench.peers.gradio_page import GradioPage
from tests.bench.peers.open_webui_page import OpenWebUIPage, people
from tests.bench.peers.page import Page
from tests.compat.place import Place

APPS = Path(__file__).parent / "apps"
QUIET = {"DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True, slots=True)
class Product:
    """`arguments` are those of `program`, which the packages bring, for a port. `base` and `key` name the
    variables that it reads its model's address and key from. `people` makes accounts, if it has any.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    program: str
    arguments: Callable[[int], list[str]]
    page: type[Page]
    base: str = "OPENAI_BASE_URL"
    variables: Mapping[str, str] = field(default_factory=dict)
    people: Callable[[int, int], Awaitable[list[str]]] | None = None
    ready: str = "/"

    @property
    def version(self) -> str:
        return self.packages[-1].partition("==")[2]

    def install(self, among: Path) -> Place:
        """In a virtual environment of its own, unless it is there. Raises CannotInstall."""
        place = Place(self.name, among)
        if not place.has("\n".join(self.packages)):
            place.pip(*self.packages)
            place.remember("\n".join(self.packages))
        return place

    def environment(self, folder: Path, provider_port: int) -> dict[str, str]:
        own = {name: value.replace("FOLDER", str(folder)) for name, value in self.variables.items()}
        address = {self.base: f"http://127.0.0.1:{provider_port}/v1", "OPENAI_API_KEY": "bench"}
        return QUIET | own | address


GRADIO = Product(
    "gradio",
    "Gradio",
    (
        "openai==3.54.0",
        "pydantic==2.14.4",
        "fastapi==0.165.0",
        "starlette==1.10.0",
        "uvicorn==0.54.0",
        "gradio==6.31.0",
    ),
    "python",
    lambda port: [str(APPS / "gradio_app.py"), str(port)],
    GradioPage,
    variables={"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": "FOLDER"},
)

CHAINLIT = Product(
    "chainlit",
    "Chainlit",
    (
        "openai==3.54.0",
        "pydantic==2.14.4",
        "fastapi==0.165.0",
        "starlette==1.10.0",
        "uvicorn==0.54.0",
        "python-socketio==5.18.1",
        "python-engineio==4.15.1",
        "chainlit==2.12.0",
    ),
    "chainlit",
    lambda port: [
        *("run", str(APPS / "chainlit_app.py"), "--headless"),
        *("--host", "127.0.0.1", "--port", str(port)),
    ],
    ChainlitPage,
    variables={"CHAINLIT_APP_ROOT": "FOLDER"},
)

# Its guide to many users: no completion of what is typed, no tags and proposals after each reply, and embeddings
# from elsewhere, so that no model is in its memory. Nothing is embedded here, so nobody asks for them
OPEN_WEBUI = Product(
    "open-webui",
    "Open WebUI",
    ("torch==2.13.0", "open-webui==0.12.4"),
    "open-webui",
    lambda port: ["serve", "--host", "127.0.0.1", "--port", str(port)],
    OpenWebUIPage,
    base="OPENAI_API_BASE_URL",
    variables={
        "DATA_DIR": "FOLDER",
        "WEBUI_SECRET_KEY": secrets.token_hex(32),
        "OFFLINE_MODE": "true",
        "RAG_EMBEDDING_ENGINE": "openai",
        "ENABLE_OLLAMA_API": "false",
        "ENABLE_TAGS_GENERATION": "false",
        "ENABLE_FOLLOW_UP_GENERATION": "false",
        "ENABLE_AUTOCOMPLETE_GENERATION": "false",
        "ENABLE_MEMORIES": "false",
        "BYPASS_MODEL_ACCESS_CONTROL": "true",
        "ANONYMIZED_TELEMETRY": "false",
        "SCARF_NO_ANALYTICS": "true",
        # So that the scripted provider knows what it is asked for
        "TITLE_GENERATION_PROMPT_TEMPLATE": TITLE_MARKER + " for this: {{MESSAGES:END:2}}",
    },
    people=people,
    ready="/health",
)

PRODUCTS = {product.name: product for product in (GRADIO, CHAINLIT, OPEN_WEBUI)}

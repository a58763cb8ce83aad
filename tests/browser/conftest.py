"""Real Chromium on two real sites: one with the built-in demo, one whose model a test scripts."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.chat_page import ChatPage
from tests.browser.model import Model
from tests.browser.site import PATIENCE, Site, let_in
from tests.browser.speech import Speech
from tests.support.chromium import launch
from tests.support.shared import made_once

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def scripted_model() -> Iterator[Model]:
    with Model() as model:
        yield model


@pytest.fixture
def model(scripted_model: Model) -> Iterator[Model]:
    """What the site's model says next."""
    yield scripted_model
    scripted_model.forget()


@pytest.fixture(scope="session")
def scripted_speech() -> Iterator[Speech]:
    with Speech() as speech:
        yield speech


@pytest.fixture
def speech(scripted_speech: Speech) -> Iterator[Speech]:
    """What the site's speech service hears and says next."""
    yield scripted_speech
    scripted_speech.forget()


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with everybody of tests/browser/people.py, to begin with a copy of it."""
    return made_once(tmp_path_factory, "people", let_in)


@pytest.fixture(scope="session")
def site(scripted_model: Model, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With a scripted model, and pictures of answers also from this machine."""
    variables = scripted_model.variables | {"REMOTE_PICTURES": "private"}
    site = Site(tmp_path_factory.mktemp("site"), people, **variables)
    yield site
    site.stop()


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """As it is without any setting."""
    unset = {"OPENAI_BASE_URL": "", "OPENAI_API_KEY": "", "OPENAI_MODEL": ""}
    site = Site(tmp_path_factory.mktemp("demo"), **unset)
    yield site
    site.stop()


class Chromium:
    """One for all files of the browser that a worker runs one after the other.

    It ends before other files are tested: there a loop of Playwright's must not be running.
    """

    def __init__(self) -> None:
        self.is_last = True
        self._end = ExitStack()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        if self._browser is None:
            self._browser = self.another()
            self._end.callback(self._browser.close)
        return self._browser

    def another(self, *flags: str) -> Browser:
        """Return one that is started with other flags, for whoever closes it."""
        if self._playwright is None:
            self._playwright = self._end.enter_context(sync_playwright())
        return launch(self._playwright, *flags)

    def end(self) -> None:
        self._browser = self._playwright = None
        self._end.close()


chromium = Chromium()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    chromium.is_last = nextitem is None or HERE not in nextitem.path.parents


@pytest.fixture(scope="module")
def browser_flags() -> list[str]:
    """What a module starts a Chromium of its own with; with nothing it has the one that is shared."""
    return []


@pytest.fixture(scope="module")
def browser(browser_flags: list[str]) -> Iterator[Browser]:
    """Of the module, so that it ends before what the whole session shares."""
    if browser_flags:
        own = chromium.another(*browser_flags)
        yield own
        own.close()
    else:
        yield chromium.browser()
    if chromium.is_last:
        chromium.end()


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page of no site, in which scripts run by themselves."""
    page = browser.new_page()
    yield page
    page.close()


class Faults(list[str]):
    """What the pages of a test complained of. A test that provokes a complaint says so."""

    def expect(self, pattern: str) -> None:
        self._expected = re.compile(pattern)

    @property
    def unexpected(self) -> list[str]:
        expected = getattr(self, "_expected", None)
        return [fault for fault in self if not (expected and expected.search(fault))]


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Errors in the console (violations of the CSP among them) and exceptions: a test fails with them."""
    faults = Faults()
    yield faults
    assert faults.unexpected == []


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(browser: Browser, faults: Faults) -> Iterator[NewContext]:
    """A browser profile of its own: `new_context(site, session)`, with Playwright's options."""
    contexts: list[BrowserContext] = []

    def listen(page: Page) -> None:
        page.on(
            "console", lambda line: line.type == "error" and faults.append(f"{line.text} ({line.location})")
        )
        page.on("pageerror", lambda error: faults.append(str(error)))

    def make(site: Site, session: str | None = None, **options: Any) -> BrowserContext:
        defaults = {"base_url": site.origin, "locale": "en-US", "viewport": {"width": 1280, "height": 800}}
        # Its requests are out of reach for what holds back or answers those of a page
        defaults["service_workers"] = "block"
        context = browser.new_context(**defaults | options)
        context.set_default_timeout(PATIENCE)
        context.on("page", listen)
        if session is not None:
            context.add_cookies(
                [{"name": "sessionid", "value": session, "url": site.origin, "httpOnly": True}]
            )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context: NewContext, site: Site) -> BrowserContext:
    """Somebody who is logged in to the scripted site."""
    return new_context(site, site.someone())


@pytest.fixture
def chat(context: BrowserContext) -> ChatPage:
    """The empty chat of somebody who is logged in to the scripted site."""
    return ChatPage(context.new_page()).open("/")

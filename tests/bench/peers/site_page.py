"""This site's page, as the other measurements have it."""

from tests.bench.peers.http import Browser
from tests.bench.tab import TAG, Tab


class SitePage(Tab):
    """`person` is a Cookie header."""

    def __init__(self, port: int, person: str) -> None:
        super().__init__()
        self.port, self.person = port, person

    async def open(self) -> None:
        await super().open(self.port, self.person)

    @property
    def text(self) -> str:
        return TAG.sub("", "".join(self.blocks))

    async def stored(self) -> str:
        """The page of the conversation, as it is opened now."""
        browser = Browser(self.port, f"Cookie: {self.person}")
        page = await browser.get(f"/c/{self.conversation}/")
        browser.close()
        return TAG.sub("", page.body.decode())

    def close(self) -> None:
        self.socket.close()

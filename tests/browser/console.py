"""What a page must not do: complain in the console, or ask another host for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request

OUR_HOSTS = {"127.0.0.1", "localhost"}


class Console:
    """Collects console errors, uncaught exceptions and foreign requests of the pages it watches."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self._allowed: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_message)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", self._on_request)

    def allow(self, part: str) -> None:
        """Expect an error whose text contains this part."""
        self._allowed.append(part)

    def check(self) -> None:
        """Fail when there was anything that no test expected."""
        unexpected = [error for error in self.errors if not any(part in error for part in self._allowed)]
        assert not unexpected, f"the console complained: {unexpected}"
        assert not self.foreign, f"the page asked other hosts: {self.foreign}"

    def _on_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.errors.append(f"{message.text} ({where})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in OUR_HOSTS:
            self.foreign.append(request.url)

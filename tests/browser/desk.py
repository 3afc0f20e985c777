"""A dashboard that listens, and pages opened on it; nothing from elsewhere."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocket

from dashboard import headless
from dashboard.headless import FLAGS, PATIENCE_S, ROOT, chromium_path, free_port

__all__ = ["FLAGS", "ROOT", "Desk", "Seen", "Server", "chromium_path", "free_port", "serve", "settle"]

POLICY = "Content Security Policy"  # what the browser says when it turns something away
WAIT_MS = 60_000  # for a machine that is busy with something else


@dataclass(frozen=True, kw_only=True)
class Server:
    """A dashboard that listens."""

    url: str
    pid: int
    log: Path

    def address(self, view: str = "", **choices: Any) -> str:
        """Where a view is: its path, and what the reader has chosen."""
        query = urlencode({name: value for name, value in choices.items() if value is not None})
        return f"{self.url}/{view}" + (f"?{query}" if query else "")


@dataclass(kw_only=True)
class Seen:
    """What went wrong on a page, and what went over the wire, as the browser tells it."""

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)  # sizes of messages to the server
    received: list[float] = field(default_factory=list)

    def quiet(self) -> bool:
        """Whether nothing went to or came from the server since `forget`."""
        return not self.sent and not self.received

    def forget(self) -> None:
        self.sent.clear()
        self.received.clear()

    def faults(self) -> list[str]:
        return [
            *(f"script error: {error}" for error in self.errors),
            *(f"a request to elsewhere: {url}" for url in self.elsewhere),
            *(f"a request that failed: {url}" for url in self.failed),
        ]


def wait_until_healthy(server: Server, process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if headless.answers(server.url):
            return
        time.sleep(0.1)
    pytest.fail(f"the dashboard did not start:\n{server.log.read_text()}")


def serve(root: Path, log: Path) -> Iterator[Server]:
    """The dashboard of a checkout, as `make run` starts it, until the tests end."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=root, stdout=file, stderr=subprocess.STDOUT)
    server = Server(url=f"http://localhost:{port}", pid=process.pid, log=log)
    try:
        wait_until_healthy(server, process)
        yield server
    finally:
        headless.end(process)


def local(url: str, servers: list[str]) -> bool:
    """Whether an address stays on the page or goes to one of our servers."""
    parts = urlsplit(url)
    if parts.scheme in ("blob", "data", "about"):
        return True
    return any(parts.netloc == urlsplit(server).netloc for server in servers)


def watch(context: BrowserContext, servers: list[str]) -> Seen:
    """Block every request that does not go to our servers, and note what goes wrong."""
    seen = Seen()

    def failed(request: Request) -> None:
        # Aborted: the page was closed or left, or the file became a download.
        if local(request.url, servers) and request.failure != "net::ERR_ABORTED":
            seen.failed.append(f"{request.url} ({request.failure})")

    def asked(request: Request) -> None:
        if not local(request.url, servers):
            seen.elsewhere.append(request.url)

    def connected(socket: WebSocket) -> None:
        if not local(socket.url, servers):
            seen.elsewhere.append(socket.url)
        socket.on("framesent", lambda data: seen.sent.append(len(data)))
        socket.on("framereceived", lambda data: seen.received.append(len(data)))

    context.route(lambda url: not local(url, servers), lambda route: route.abort())
    context.on("request", asked)
    context.on("requestfailed", failed)
    context.on("weberror", lambda error: seen.errors.append(str(error.error)))
    context.on("console", lambda said: seen.errors.append(said.text) if POLICY in said.text else None)
    context.on("page", lambda page: page.on("websocket", connected))
    return seen


@dataclass(kw_only=True)
class Desk:
    """Opens pages in contexts of their own and knows what went wrong on them."""

    chrome: Browser
    servers: list[str]
    contexts: list[tuple[BrowserContext, Seen]] = field(default_factory=list)

    def open(
        self, address: str, *, theme: str = "light", width: int = 1280, height: int = 900,
        touch: bool = False, settled: bool = True, policy: bool = True,
    ) -> Page:  # fmt: skip
        context = self.chrome.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=1,
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
            locale="en-US", timezone_id="UTC", has_touch=touch, is_mobile=touch, accept_downloads=True,
            bypass_csp=not policy,
        )  # fmt: skip
        context.set_default_timeout(WAIT_MS)
        self.contexts.append((context, watch(context, self.servers)))
        page = context.new_page()
        page.goto(address, wait_until="commit")
        if settled:
            settle(page)
        return page

    def seen(self, page: Page) -> Seen:
        return next(seen for context, seen in self.contexts if context == page.context)

    def close(self) -> list[str]:
        """Close all pages and say what went wrong on any."""
        for context, _ in self.contexts:
            context.close()
        faults = [fault for _, seen in self.contexts for fault in seen.faults()]
        self.contexts.clear()
        return faults


def settle(page: Page) -> None:
    """Wait until nothing on the page is going to change by itself; the pointer is out of the way."""
    broken = headless.settle(page, WAIT_MS)
    assert broken is None, broken

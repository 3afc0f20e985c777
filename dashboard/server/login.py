"""A door in front of a dashboard that others can reach: one password for the class, or a name that a proxy vouches for.

What is kept in the browser is a signed time, not the password; the key is made anew at each start. Streamlit's
websocket brings the same cookie. SECURITY.md says what this is for (a class that is half trusted) and what it is not.
"""

import hashlib
import hmac
import secrets
import time
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.interface import language, says

COOKIE = "underhood"
HOURS = 12
SHORTEST = 12  # characters of a password
LARGEST = 4096  # bytes of a form
TRIES, WINDOW_S = 10, 60.0  # wrong passwords for all readers together
OPEN = ("/_stcore/health",)  # what a watchdog asks


class NoDoor(Exception):
    """The door cannot be made; the message says why."""


def password(file: Path) -> str:
    """The first line of a password file.

    Raises:
        NoDoor: It cannot be read, or the password is too short.
    """
    try:
        first = file.read_text(encoding="utf-8").splitlines()[:1]
    except (OSError, UnicodeDecodeError):
        raise NoDoor(f"--password-file {file}: this file cannot be read as text.") from None
    found = first[0].strip() if first else ""
    if len(found) < SHORTEST:
        raise NoDoor(f"--password-file {file}: its first line needs {SHORTEST} characters or more.")
    return found


def form(said: str = "") -> str:
    """The page that asks for the password."""
    note = f'<p role="alert">{escape(said)}</p>' if said else ""
    return f"""<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8"><title>Underhood</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto 0; padding: 0 1rem; }}
label, input, button {{ display: block; font: inherit; }}
input {{ inline-size: 100%; box-sizing: border-box; min-block-size: 2.75rem; margin-block: .25rem 1rem; }}
button {{ min-block-size: 2.75rem; padding-inline: 1.5rem; }}
</style></head><body><h1>Underhood</h1>{note}
<form method="post" action="/login"><label for="word">{escape(says("server-login.password-of-this-class"))}</label>
<input id="word" name="password" type="password" autocomplete="current-password" required autofocus>
<button>{escape(says("server-login.open"))}</button></form></body></html>"""


class Password:
    """Lets in who knows the password."""

    def __init__(self, app: ASGIApp, word: str) -> None:
        self.app = app
        self.word = hashlib.sha256(word.encode()).digest()
        self.key = secrets.token_bytes(32)
        self.wrong: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in OPEN or self.knows(HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401})
        else:
            answer = await self.ask(scope, receive)
            await answer(scope, receive, send)

    def knows(self, connection: HTTPConnection) -> bool:
        """Whether this browser has been let in, not too long ago."""
        until, _, seal = connection.cookies.get(COOKIE, "").partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12:
            return False
        return hmac.compare_digest(seal.encode(), self.seal(until).encode()) and time.time() < int(until)

    def seal(self, until: str) -> str:
        return hmac.new(self.key, until.encode(), hashlib.sha256).hexdigest()

    async def ask(self, scope: Scope, receive: Receive) -> Response:
        """The form, or the answer to one that was sent."""
        if scope["method"] != "POST" or scope["path"] != "/login":
            return HTMLResponse(form(), 401, {"cache-control": "no-store"})
        now = time.monotonic()
        self.wrong = [at for at in self.wrong if now - at < WINDOW_S]
        if len(self.wrong) >= TRIES:
            return HTMLResponse(form(says("server-login.too-many-wrong-passwords-wait")), 429)
        given = parse_qs((await body(receive)).decode("utf-8", "replace")).get("password", [""])[0]
        if not hmac.compare_digest(hashlib.sha256(given.encode()).digest(), self.word):
            self.wrong.append(now)
            return HTMLResponse(form(says("server-login.that-is-not-the-password")), 401)
        until = str(int(time.time()) + HOURS * 3600)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, f"{until}.{self.seal(until)}", max_age=HOURS * 3600, httponly=True, samesite="strict",
            secure=scope["scheme"] == "https",
        )  # fmt: skip
        return answer


async def body(receive: Receive) -> bytes:
    """What was sent, as far as a form may be long."""
    held = b""
    while len(held) <= LARGEST:
        message: Any = await receive()
        held += message.get("body", b"")
        if not message.get("more_body"):
            return held
    return b""


class Vouched:
    """Lets in whom a proxy names in a header; only the proxy may be able to reach this server."""

    def __init__(self, app: ASGIApp, header: str) -> None:
        self.app, self.header = app, header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "lifespan" or scope["path"] in OPEN
        if known or HTTPConnection(scope).headers.get(self.header, "").strip():
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401})
        else:
            await PlainTextResponse(says("server-login.come-in-through-the-login"), 401)(scope, receive, send)


class NoUploads:
    """Turns away every file that is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/_stcore/upload_file" in scope["path"]:
            await PlainTextResponse(says("server-login.this-dashboard-takes-no-files"), 403)(
                scope, receive, send
            )
        else:
            await self.app(scope, receive, send)

"""What a page may load and run: the headers of every answer.

A text that got into a page as markup would still run nothing and call nobody: scripts come from this server, pictures
and connections too. `blob:` is how the components' own scripts and saved pictures travel inside the page; styles
are written into it by Streamlit and by Plotly; Plotly's maps of many dots build their shaders' programs with
`new Function`, which only a script that runs already can do. What was tried against it: SECURITY.md.
"""

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def digests(page: str) -> list[str]:
    """The inline scripts of a page as sources that a policy can name: `'sha256-...'`."""
    made = (hashlib.sha256(script.encode()).digest() for script in INLINE.findall(page))
    return [f"'sha256-{base64.b64encode(one).decode()}'" for one in made]


def policy(scripts: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of every page; `scripts` are further sources of scripts."""
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", "blob:", "'unsafe-eval'", *scripts],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


class Policy:
    """Puts the headers on every answer."""

    def __init__(self, app: ASGIApp, scripts: Iterable[str] = ()) -> None:
        self.app = app
        self.headers = {
            "content-security-policy": policy(scripts),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

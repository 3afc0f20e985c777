"""How the dashboard is served: Streamlit's application, with a content policy and a door in front of it."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from dashboard.questions import QUESTIONS
from dashboard.server.page import first_page
from dashboard.server.policy import Policy, digests

SCRIPT = Path(__file__).resolve().parents[1] / "app.py"


def application(doors: Sequence[Middleware] = ()) -> st.App:
    """The whole dashboard as an ASGI application.

    Args:
        doors: What stands between a reader and the pages, the outermost first; the policy is on their answers, too.
    """
    page = first_page()

    async def begin(_request: Request) -> HTMLResponse:
        return HTMLResponse(page, headers={"cache-control": "no-cache"})

    paths = ["/", *(f"/{asked.path}" for asked in QUESTIONS)]
    return st.App(
        SCRIPT,
        routes=[Route(path, begin) for path in paths],
        middleware=[Middleware(Policy, scripts=digests(page)), *doors],
    )

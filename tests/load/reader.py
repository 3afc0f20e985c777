"""A reader without a browser: one websocket that speaks Streamlit's protocol and keeps what a page showed."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

OWN_TO_THE_SERVER = "In memory, of at most"  # the sentence about memory: the same for no two servers
ANSWER = '<p class="answer">'
MISTAKE = "Underhood made a mistake"
ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
SAID = {
    "html": lambda one: one.body,
    "markdown": lambda one: one.body,
    "text": lambda one: one.body,
    "code": lambda one: one.code_text,
    "heading": lambda one: one.body,
    "plotly_chart": lambda one: one.spec,
    "bidi_component": lambda one: [one.component_name, one.json, one.mixed.json],
    "text_area": lambda one: [one.label, one.value if one.set_value else one.default],
    "dataframe": lambda one: one.arrow_data.data.hex(),
    "table": lambda one: one.arrow_data.data.hex(),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one run of a page showed, and how long it took."""

    first: float  # seconds to the first element
    answer: float  # to the sentence that answers the page's question; of a page without one, to its end
    whole: float  # seconds until the run had ended
    size: int  # bytes
    shown: tuple[tuple[str, Any], ...]  # kind and content of each element, from top to bottom
    faults: tuple[str, ...]

    def text(self) -> str:
        """All of it as one text, to look for words in."""
        return "\n".join(str(said) for _, said in self.shown)


@dataclass(eq=False)
class _Run:
    """One run of a page while it comes in."""

    began: float
    first: float = 0.0
    answer: float = 0.0
    size: int = 0
    begun: bool = False
    places: dict[tuple[int, ...], Element] = field(default_factory=dict)

    def take(self, message: ForwardMsg) -> bool:
        """Note a message; whether it was the last one."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.begun = True
            self.places.clear()
        if kind == "delta" and self.begun:
            self.first = self.first or time.perf_counter() - self.began
            path = tuple(message.metadata.delta_path)
            if message.delta.WhichOneof("type") == "new_element":
                self.places[path] = message.delta.new_element
                if not self.answer and ANSWER in message.delta.new_element.html.body:
                    self.answer = time.perf_counter() - self.began
        return kind == "script_finished" and self.begun and message.script_finished in ENDED

    def page(self) -> Page:
        shown, faults = [], []
        for _, element in sorted(self.places.items(), key=lambda item: item[0]):
            kind = element.WhichOneof("type") or "empty"
            body: Any = getattr(element, kind)
            if kind == "exception":
                faults.append(f"{body.type}: {body.message}"[:200])
            if kind in SAID:
                said = SAID[kind](body)
                if OWN_TO_THE_SERVER not in str(said):
                    shown.append((kind, said))
                if MISTAKE in str(said):
                    faults.append(str(said))
        whole = time.perf_counter() - self.began
        return Page(
            first=self.first, answer=self.answer or whole, whole=whole, size=self.size, shown=tuple(shown),
            faults=tuple(faults),
        )  # fmt: skip


class Reader:
    """One session of the server on `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: Any = None

    async def open(self) -> None:
        """Connect, as a browser of this machine does."""
        here = f"127.0.0.1:{self._port}"
        self._socket = await websockets.connect(
            f"ws://{here}/_stcore/stream", subprotocols=[websockets.Subprotocol("streamlit")], max_size=None,
            origin=websockets.Origin(f"http://{here}"), open_timeout=60, ping_interval=None,
        )  # fmt: skip

    async def ask(self, view: str, choices: dict[str, str]) -> None:
        """Go to a view with these choices, as by a link or the browser's history; do not wait for it."""
        message = BackMsg()
        message.rerun_script.page_name = view
        message.rerun_script.query_string = urlencode(choices)
        message.rerun_script.is_history_navigation = True
        await self._socket.send(message.SerializeToString())

    async def look(self, view: str, choices: dict[str, str], patience: float = 120.0) -> Page:
        """Go to a view and wait until it is whole; raises `TimeoutError`."""
        now = _Run(time.perf_counter())
        await self.ask(view, choices)
        async with asyncio.timeout(patience):
            while True:
                said = await self._socket.recv()
                now.size += len(said)
                message = ForwardMsg()
                message.ParseFromString(said)
                if now.take(message):
                    return now.page()

    async def leave(self) -> None:
        """Close the window."""
        await self._socket.close()

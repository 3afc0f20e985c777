"""What the content policy stops in a real browser, were markup ever to reach a page; and a door in front of a class."""

import http.server
import threading

import pytest

from dashboard import headless
from tests.browser.desk import WAIT_MS, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Markup as it would stand in a page that forgot to escape: each part tries to run something or to call somebody.
MARKUP = """
<img src="nowhere" onerror="window.ran = 'onerror'">
<img src="{elsewhere}/img"><iframe srcdoc="<script>parent.ran = 'frame'</script>"></iframe>
<iframe src="{elsewhere}/frame"></iframe><object data="{elsewhere}/object"></object>
<link rel="stylesheet" href="{elsewhere}/style"><div style="background: url({elsewhere}/back)">x</div>
<a id="link" href="javascript:void(window.ran = 'link')">x</a>
<form id="form" action="{elsewhere}/form"><button>x</button></form><base href="{elsewhere}/">
"""
TRY = """async ([markup, elsewhere]) => {
  window.ran = null
  const box = document.createElement("div")
  box.innerHTML = markup
  document.body.append(box)
  document.getElementById("link").click()
  const inline = document.createElement("script")
  inline.textContent = "window.ran = 'inline'"
  document.head.append(inline)
  const far = document.createElement("script")
  far.src = elsewhere + "/script"
  document.head.append(far)
  const quiet = (call) => Promise.resolve().then(call).catch(() => null)
  await quiet(() => fetch(elsewhere + "/fetch", { mode: "no-cors" }))
  await quiet(() => navigator.sendBeacon(elsewhere + "/beacon"))
  await quiet(() => new WebSocket(elsewhere.replace("http", "ws")))
  await new Promise((done) => setTimeout(done, 400))
  return window.ran
}"""


@pytest.fixture
def listener():
    """Somebody elsewhere, who notes every call."""
    calls = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}", calls
    server.shutdown()
    server.server_close()


def tried(chrome, address, listener, *, policy):
    elsewhere, calls = listener
    context = chrome.new_context(bypass_csp=not policy)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    settle(page)
    ran = page.evaluate(TRY, [MARKUP.replace("{elsewhere}", elsewhere), elsewhere])
    context.close()
    return ran, list(calls)


def test_markup_that_reached_a_page_would_run_nothing_and_call_nobody(chrome, server, listener):
    ran, calls = tried(chrome, server.address(), listener, policy=True)
    assert (ran, calls) == (None, [])


def test_a_map_of_many_dots_draws_under_it(desk, server):
    page = desk.open(server.address("words", model="story-lstm", how="pca"))
    assert page.locator(".st-key-map .gl-canvas, .js-plotly-plot .gl-canvas").count()
    assert not page.get_by_text("WebGL is not supported").count()


def test_without_the_policy_it_would(chrome, server, listener):
    """The control: the same markup does run and call where the browser is told to look away."""
    ran, calls = tried(chrome, server.address(), listener, policy=False)
    assert ran and len(calls) >= 5


def test_a_class_comes_in_by_its_password(chrome, tmp_path):
    word = tmp_path / "word"
    word.write_text("a word for the class\n")
    door = ("--public", "--host", "localhost", "--password-file", str(word))
    with headless.dashboard(tmp_path / "log.txt", *door) as url:
        context = chrome.new_context()
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(f"{url}/own")
        assert not page.locator("[data-testid=stApp]").count()
        page.get_by_label("Password").fill("a wrong word here")
        page.get_by_role("button", name="Open").click()
        assert "not the password" in page.get_by_role("alert").inner_text()
        page.get_by_label("Password").fill("a word for the class")
        page.get_by_role("button", name="Open").click()
        settle(page)
        page.goto(f"{url}/own")
        settle(page)
        assert page.get_by_text("This dashboard is shared").count()
        assert not page.locator("[data-testid=stFileUploader]").count()
        assert not page.get_by_label("Folder, file or name on the hub").count()
        context.close()

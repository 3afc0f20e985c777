"""What stands in front of the pages: the policy on every answer, the doors, and what may be asked for at the start."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard import headless
from dashboard.__main__ import main
from dashboard.server import login, options, page, policy
from dashboard.server.login import NoDoor, NoUploads, Password, Vouched

WORD = "a word for the class"


def behind(*doors: Middleware) -> TestClient:
    """A page, an upload, a health check and a websocket behind these doors."""

    async def page(_request):
        return PlainTextResponse("inside")

    async def talk(socket):
        await socket.accept()
        await socket.send_text("inside")
        await socket.close()

    paths = ["/", "/saliency", "/_stcore/health", "/_stcore/upload_file/1/2"]
    routes = [Route(path, page, methods=["GET", "PUT", "POST"]) for path in paths]
    app = Starlette(routes=[*routes, WebSocketRoute("/_stcore/stream", talk)], middleware=list(doors))
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def closed():
    return behind(Middleware(Password, word=WORD))


# The policy


def rules(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (rule.split() for rule in text.split(";"))}


def test_nothing_comes_from_elsewhere_and_no_text_becomes_a_script():
    found = rules(policy.policy())
    assert found["default-src"] == ["'none'"]
    assert set(found["script-src"]) == {"'self'", "blob:", "'unsafe-eval'"}  # maps of many dots: Plotly
    everything = [source for sources in found.values() for source in sources]
    assert "'unsafe-inline'" not in found["script-src"]
    assert not [one for one in everything if one == "*" or "//" in one or one in ("http:", "https:")]
    assert found["frame-ancestors"] == found["base-uri"] == found["object-src"] == ["'none'"]


def test_an_inline_script_is_named_by_its_digest():
    # printf 'alert(1)' | openssl dgst -sha256 -binary | base64
    assert policy.digests("<p><script>alert(1)</script>") == [
        "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    ]


def test_every_answer_has_the_headers_and_keeps_its_own():
    answer = behind(Middleware(policy.Policy, scripts=["'sha256-x'"])).get("/")
    assert "'sha256-x'" in rules(answer.headers["content-security-policy"])["script-src"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/plain")


# The page that every address begins with


def test_the_first_page_reads_ahead_what_streamlit_has():
    found = page.first_page()
    for name in page.NEEDED:
        assert re.search(rf'rel="modulepreload" crossorigin href="./static/js/{name}\.[\w-]+\.js"', found), (
            name
        )
    assert "<title>Underhood</title>" in found
    assert len(policy.digests(found)) == found.count("<script>")


def test_a_part_that_is_not_there_is_left_out(tmp_path):
    assert page.parts(tmp_path, ("PlotlyChart",)) == []


# The password


def test_without_the_password_only_the_form_is_there(closed):
    for path in ("/", "/saliency", "/nowhere"):
        answer = closed.get(path)
        assert (answer.status_code, "inside" in answer.text) == (401, False)
    assert 'name="password"' in answer.text
    with pytest.raises(WebSocketDisconnect) as end, closed.websocket_connect("/_stcore/stream"):
        pass
    assert end.value.code == 4401
    assert closed.get("/_stcore/health").text == "inside"


def test_the_password_opens_pages_and_websocket(closed):
    answer = closed.post("/login", data={"password": WORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"httponly", "samesite=strict"} <= set(answer.headers["set-cookie"].lower().split("; "))
    assert WORD not in answer.headers["set-cookie"]
    assert closed.get("/saliency").text == "inside"
    with closed.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "inside"


@pytest.mark.parametrize(
    "given",
    ["", "a word", WORD.upper(), WORD + " ", "x" * 10_000, "\ud800".encode("utf-8", "replace").decode()],
)
def test_another_word_does_not(closed, given):
    assert closed.post("/login", data={"password": given}).status_code == 401
    assert closed.get("/").status_code == 401


@pytest.mark.parametrize(
    "forged", ["99999999999.", "99999999999." + "0" * 64, "x.y", ".", "9" * 400 + ".0", "²."]
)
def test_a_cookie_that_we_did_not_write_does_not_open(closed, forged):
    answer = closed.get("/", headers={"cookie": f"underhood={forged}".encode()})
    assert answer.status_code == 401


def test_a_cookie_ends_and_dies_with_the_server(closed, monkeypatch):
    closed.post("/login", data={"password": WORD})
    held = closed.cookies["underhood"]
    other = behind(Middleware(Password, word=WORD))
    assert other.get("/", headers={"cookie": f"underhood={held}"}).status_code == 401
    now = login.time.time()
    monkeypatch.setattr(login.time, "time", lambda: now + login.HOURS * 3600 + 1)
    assert closed.get("/").status_code == 401


def test_guessing_is_slowed_down_and_then_forgiven(closed, monkeypatch):
    for _ in range(login.TRIES):
        assert closed.post("/login", data={"password": "wrong"}).status_code == 401
    late = closed.post("/login", data={"password": WORD})
    assert late.status_code == 429 and "wait a minute" in late.text
    now = login.time.monotonic()
    monkeypatch.setattr(login.time, "monotonic", lambda: now + login.WINDOW_S + 1)
    assert closed.post("/login", data={"password": WORD}).status_code == 303


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"short\n", "12 characters"),
        (b"", "12 characters"),
        (b"\xff\xfe", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_password_file_that_will_not_do(tmp_path, content, said):
    if content is not None:
        (tmp_path / "word").write_bytes(content)
    with pytest.raises(NoDoor, match=said):
        login.password(tmp_path / "word")


# A proxy's word, and files


def test_only_whom_the_proxy_names_comes_in():
    door = behind(Middleware(Vouched, header="X-Forwarded-User"))
    assert door.get("/").status_code == 401
    assert door.get("/", headers={"X-Forwarded-User": "  "}).status_code == 401
    assert door.get("/", headers={"x-forwarded-user": "ada"}).text == "inside"
    with pytest.raises(WebSocketDisconnect), door.websocket_connect("/_stcore/stream"):
        pass


def test_no_file_is_taken():
    door = behind(Middleware(NoUploads))
    assert door.put("/_stcore/upload_file/1/2", content=b"x").status_code == 403
    assert door.get("/saliency").text == "inside"


# What may be asked for at the start


def asked(*words: str):
    return options.arguments("").parse_args(list(words))


@pytest.fixture
def word_file(tmp_path):
    file = tmp_path / "word"
    file.write_text(WORD + "\n")
    return str(file)


@pytest.fixture
def free():
    return str(headless.free_port())


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    for name in ("PUBLIC", "MODELS", "WORK", "KEPT"):
        monkeypatch.setenv(f"UNDERHOOD_{name}", "")


def test_without_public_this_machine_alone_is_served(free):
    found = options.serving(asked("--port", free))
    assert found.settings["server.address"] == "127.0.0.1"
    assert found.settings["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert len(found.doors) == 1
    assert not options.os.environ["UNDERHOOD_PUBLIC"]


def test_public_has_a_door_takes_no_files_and_knows_its_names(free, word_file):
    found = options.serving(
        asked("--port", free, "--public", "--password-file", word_file, "--host", "lm.example.org")
    )
    assert found.settings["server.address"] == "0.0.0.0"
    client = behind(*found.doors)
    assert client.get("/").status_code == 400  # "testserver" is no name of this dashboard
    client.base_url = "http://lm.example.org"
    assert client.get("/").status_code == 401
    client.post("/login", data={"password": WORD})
    assert client.get("/").text == "inside"
    assert client.put("/_stcore/upload_file/1/2", content=b"x").status_code == 403
    assert options.os.environ["UNDERHOOD_PUBLIC"] == "1"
    assert any("without a proxy" in line.lower() for line in found.said)


def test_behind_a_proxy_only_this_machine_is_listened_to(free):
    found = options.serving(
        asked("--port", free, "--public", "--proxy-header", "X-Forwarded-User", "--host", "lm.example.org")
    )
    assert found.settings["server.address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--public", "--host", "a"], "one door"),
        (["--public", "--host", "a", "--password-file", "W", "--proxy-header", "X-User"], "one door"),
        (["--public", "--password-file", "W"], "--host NAME"),
        (["--public", "--host", "a", "--proxy-header", "X User"], "name of a header"),
        (["--public", "--host", "a", "--proxy-header", "X-User", "--models-dir", "."], "no folder"),
        (["--password-file", "W"], "belong to --public"),
        (["--host", "a"], "belong to --public"),
        (["--models-dir", "not-there"], "There is no folder"),
        (["--port", "0"], "does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(words, said, word_file, capsys):
    given = [word_file if word == "W" else word for word in words]
    assert main(given) == 2
    assert said in capsys.readouterr().err

"""Real servers of annotation, each a process of its own that may be killed, and their pages."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import soundfile

from hexachord.assets_folder import ANNOTATE

ROOT = Path(__file__).resolve().parents[3]
RATE_HZ = 8000
PROJECT = {
    "hexachord_annotation": 1,
    "title": "Voices & <b>styles</b>",
    "instructions": "Listen to each piece.\n\nThen <i>say</i> what you hear.",
    "folder": "music",
    "questions": [
        {"id": "energy", "text": "How much energy?", "kind": "rating", "low": 1, "high": 7, "low_label": "calm", "high_label": "wild"},
        {"id": "style", "text": "Which style?", "kind": "choice", "options": ["jazz", "rock", "<script>alert(1)</script>"]},
        {"id": "vocals", "text": "Does anybody sing?", "kind": "binary"},
    ],
    "training": [{"item": "train.wav", "answers": {"vocals": "no", "energy": 2}, "feedback": "A plain tone.", "tolerance": 1}],
    "attention": [{"item": "check.wav", "answers": {"style": "rock"}, "prompt": "To see that you are there: choose rock"}],
    "repeats": 0.5,
    "order": "fixed",
}


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`hexachord annotate`, running."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "hexachord", "annotate", *options, "--no-open", "--json", "--out", "store.sqlite"]
        self.store = folder / "store.sqlite"
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        told = ""
        while True:
            told += (line := self.process.stdout.readline())
            try:
                self.addresses = json.loads(told)
                break
            except ValueError:
                assert line, f"the server ended: {told} {self.process.stderr and self.process.stderr.read()}"
        self.port = urlsplit(self.addresses["annotate"]).port
        self.host = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.host}"
        for _ in range(100):
            try:
                self.cookie = self.enter("annotate")
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server never answered")

    def key(self, door: str) -> str:
        return parse_qs(urlsplit(self.addresses[door]).query)["key"][0]

    def enter(self, door: str) -> str:
        """Come in by a door's key; returns the cookie."""
        reply = self.ask("GET", f"/enter?key={self.key(door)}", cookie="")
        assert reply.status == 303
        return reply.headers["set-cookie"].partition(";")[0]

    def ask(self, method: str, path: str, body: object = None, *, cookie: str | None = None, **headers: str | None) -> Reply:
        """Send a request as a page of ours would; a header that is None is left out, `_` in names is `-`."""
        sent: dict[str, str | None] = {"Host": self.host, "Cookie": (self.cookie if cookie is None else cookie) or None}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if method == "POST":
            sent |= {"Origin": self.origin, "Content-Type": "application/json", "Content-Length": str(len(data or b""))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port or 0, timeout=10)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(data)
        reply = connection.getresponse()
        found = Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        connection.close()
        return found

    def kill(self) -> None:
        """Kill −9."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a project and its music."""
    return furnish(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that tests may share, which change nothing; Ann has begun there."""
    need_studio()
    server = Server(furnish(tmp_path_factory.mktemp("shared")), "--project", "project.json")
    server.ask("POST", "/api/annotators", {"name": "Ann"})
    yield server
    server.close()


def need_studio() -> None:
    """Skip where nothing can be served."""
    pytest.importorskip("fastapi", reason="the extra `studio` is not installed")
    pytest.importorskip("uvicorn", reason="the extra `studio` is not installed")
    if not ANNOTATE.path.is_file():
        pytest.skip("there is no built annotation page: make assets")


def furnish(folder: Path) -> Path:
    """Put a project there, and six pieces, one to train on, one to check."""
    music = folder / "music"
    music.mkdir()
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    for number in range(6):
        soundfile.write(music / f"piece {number}.wav", 0.4 * np.sin(2 * np.pi * 220 * (number + 1) * t) * np.exp(-(t % 0.5) * 4), RATE_HZ)
    for name in ("train", "check"):
        soundfile.write(music / f"{name}.wav", 0.4 * np.sin(2 * np.pi * 440 * t), RATE_HZ)
    (folder / "project.json").write_text(json.dumps(PROJECT))
    return folder


@pytest.fixture
def serve(work: Path) -> Iterator[Callable[..., Server]]:
    """Start servers; all of them end with the test."""
    need_studio()
    running: list[Server] = []

    def start(*options: str) -> Server:
        running.append(Server(work, *(options or ("--project", "project.json"))))
        return running[-1]

    yield start
    for server in running:
        server.close()


class OpenPage:
    """A page in the browser, with what it complained of and asked for."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)

    def begin(self, name: str) -> None:
        """Read the instructions and go."""
        self.page.fill("#name", name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".question")

    def question(self) -> str:
        return str(self.page.inner_text(".question"))

    def press(self, *keys: str) -> None:
        """Press keys, each when the page is ready for it again."""
        for key in keys:
            self.page.evaluate("() => document.querySelectorAll('.question, .told').forEach((each) => (each.seen = true))")
            self.page.keyboard.press(key)
            self.until(
                """() => {
                    const [question, told] = ['.question', '.told'].map((each) => document.querySelector(each));
                    return !question?.seen || Boolean(told && !told.seen);
                }"""
            )

    def until(self, expression: str, argument: object = None, timeout_ms: int = 8000) -> None:
        """Wait until an expression is true; asked from here, as the page's policy lets nobody evaluate strings inside."""
        end = time.monotonic() + timeout_ms / 1000
        while not self.page.evaluate(expression, argument):
            assert time.monotonic() < end, f"never came true: {expression}"
            self.page.wait_for_timeout(20)


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., OpenPage]]:
    """Open an address, each time in a browser of its own."""
    contexts = []

    def opener(address: str, *, width: int = 1200, theme: str = "light", context: Any = None) -> OpenPage:
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
            context.set_default_timeout(8000)
            contexts.append(context)
        return OpenPage(context.new_page(), address)

    yield opener
    for context in contexts:
        context.close()

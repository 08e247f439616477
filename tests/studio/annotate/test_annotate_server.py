"""The server answers its own page, and nobody else; and what it said was kept is kept."""

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Serve = Callable[..., Any]


def begin(server: Any, name: str = "Ann") -> tuple[int, dict[str, Any]]:
    state = server.ask("POST", "/api/annotators", {"name": name}).json
    return state["annotator"]["number"], state


def answer(server: Any, who: int, state: dict[str, Any], question: str, value: object) -> Any:
    body = {"annotator": who, "assignment": state["assignment"]["number"], "question": question, "value": value, "seconds": 1.5}
    return server.ask("POST", "/api/answers", body)


def test_it_listens_on_the_loopback_address_only(shared: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which address would
        except OSError:
            pytest.skip("this machine has no address but the loopback one")
        outside = probe.getsockname()[0]
    with pytest.raises(OSError), socket.create_connection((outside, shared.port), timeout=2):
        pass


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "127.0.0.1:{port}, evil", "", None])
def test_another_name_for_this_machine_is_refused(shared: Any, host: str | None) -> None:
    for path in ("/", "/api/project", f"/enter?key={shared.key('annotate')}"):
        reply = shared.ask("GET", path, Host=None if host is None else host.format(port=shared.port))
        assert reply.status in (400, 421)  # without any Host it is no request at all
        assert "set-cookie" not in reply.headers


def test_localhost_is_ours(shared: Any) -> None:
    assert shared.ask("GET", "/api/project", Host=f"localhost:{shared.port}").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},  # another server on this machine
    ],
)
def test_another_site_can_make_nobody_answer(shared: Any, headers: dict[str, str | None]) -> None:
    who, state = begin(shared)
    body = {"annotator": who, "assignment": state["assignment"]["number"], "question": "vocals", "value": "no"}
    assert shared.ask("POST", "/api/answers", body, **headers).status == 403
    assert shared.ask("GET", f"/api/annotators/{who}").json["progress"] == state["progress"]


def test_a_form_cannot_be_json(shared: Any) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        assert shared.ask("POST", "/api/annotators", {"name": "Eve"}, Content_Type=kind).status == 415


def test_without_the_key_nothing_opens(shared: Any) -> None:
    for path in ("/", "/results", "/api/project", "/api/results", "/api/annotators/1", "/api/assignments/1/sound", "/nothing"):
        assert shared.ask("GET", path, cookie="").status == 401
        assert shared.ask("GET", path, cookie=f"hexachord-annotate-{shared.port}=wrong").status == 401
    assert shared.ask("GET", "/enter?key=wrong", cookie="").status == 401
    assert shared.ask("GET", "/enter", cookie="").status == 401
    cookie = shared.ask("GET", f"/enter?key={shared.key('annotate')}", cookie="").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_annotators_do_not_see_the_results(shared: Any) -> None:
    for path in ("/results", "/api/results", "/api/results/sounds/0"):
        assert shared.ask("GET", path).status == 401
        assert shared.ask("GET", path, cookie=shared.enter("results")).status == 200
    assert shared.ask("GET", "/api/project", cookie=shared.enter("results")).status == 401


def test_every_reply_is_dressed(shared: Any) -> None:
    for path, cookie in (("/", None), ("/api/project", None), ("/", ""), ("/api/nothing", None), ("/api/assignments/1/sound", None)):
        headers = shared.ask("GET", path, cookie=cookie).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_long_bodies_are_refused_whatever_they_say(shared: Any) -> None:
    assert shared.ask("POST", "/api/annotators", b'{"name": "' + b"x" * 70_000 + b'"}').status == 413
    assert shared.ask("POST", "/api/annotators", {"name": "x"}, Content_Length="99999999").status == 413
    chunks = b"".join(b"%x\r\n%s\r\n" % (8000, b"y" * 8000) for _ in range(10)) + b"0\r\n\r\n"
    assert shared.ask("POST", "/api/annotators", chunks, Content_Length=None, Transfer_Encoding="chunked").status == 413
    assert shared.ask("GET", "/api/project").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(shared: Any, method: str) -> None:
    assert shared.ask(method, "/api/project").status == 405


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/annotators", b"no json"),
        ("/api/annotators", b""),
        ("/api/annotators", [1]),
        ("/api/annotators", {"name": ""}),
        ("/api/annotators", {"name": "x" * 100}),
        ("/api/annotators", {"name": 5}),
        ("/api/answers", {"annotator": 1}),
        ("/api/answers", {"annotator": 1, "assignment": 1, "question": "vocals", "value": "perhaps"}),
        ("/api/answers", {"annotator": 1, "assignment": 1, "question": "mood", "value": "yes"}),
        ("/api/answers", {"annotator": 1, "assignment": 10**30, "question": "vocals", "value": "yes"}),
        ("/api/answers", {"annotator": 99, "assignment": 1, "question": "vocals", "value": "yes"}),
        ("/api/answers", {"annotator": 1, "assignment": 1, "question": "energy", "value": 9}),
        ("/api/answers", b'{"annotator": 1, "assignment": 1, "question": "energy", "value": NaN}'),
        ("/api/undo", {"annotator": 99}),
        ("/api/later", {"annotator": 99, "assignment": 1}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(shared: Any, path: str, body: object) -> None:
    reply = shared.ask("POST", path, body)
    assert 400 <= reply.status < 500
    assert shared.ask("GET", "/api/annotators/1").json["progress"]["done"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/api/assignments/../sound",
        "/api/assignments/..%2f..%2fetc%2fpasswd/sound",
        "/api/assignments/999/sound",
        "/api/assignments/-1/sound",
        "/api/assignments/99999999999999999999/sound",
        "/api/assignments/1e3/outline",
        "/api/annotators/x",
        "/../project.json",
        "/project.json",
        "/store.sqlite",
        "/music/train.wav",
    ],
)
def test_nobody_can_name_a_file(shared: Any, path: str) -> None:
    reply = shared.ask("GET", path)
    assert 400 <= reply.status < 500
    assert b"root:" not in reply.body
    assert b"hexachord_annotation" not in reply.body


def test_parts_of_a_sound_are_served(serve: Serve, work: Path) -> None:
    server = serve()
    begin(server)
    sound = (work / "music/train.wav").read_bytes()
    whole = server.ask("GET", "/api/assignments/1/sound")
    assert (whole.status, whole.headers["content-type"], whole.body) == (200, "audio/wav", sound)
    part = server.ask("GET", "/api/assignments/1/sound", Range="bytes=100-199")
    assert (part.status, part.body, part.headers["content-range"]) == (206, sound[100:200], f"bytes 100-199/{len(sound)}")
    assert server.ask("GET", "/api/assignments/1/sound", Range="bytes=-50").body == sound[-50:]
    assert server.ask("GET", "/api/assignments/1/sound", Range=f"bytes={len(sound)}-").status == 416
    assert server.ask("HEAD", "/api/assignments/1/sound").body == b""
    outline = server.ask("GET", "/api/assignments/1/outline").json
    assert outline["duration_s"] == 3.0
    assert max(outline["peaks"]) == 100


def test_a_repeat_and_a_check_look_like_anything_else(serve: Serve) -> None:
    server = serve()
    who, state = begin(server)
    keys = set()
    while state["assignment"] is not None:
        if not state["assignment"]["training"]:
            keys.add((*state["assignment"], *state["progress"]))
        for question, value in (("vocals", "no"), ("style", "jazz"), ("energy", 4)):
            state = answer(server, who, state, question, value).json
            assert "attention" not in str(state)
            assert "repeat" not in str(state)
            if state["progress"]["training_done"]:
                assert (state["told"]["right"] is None) or state["progress"]["done"] == 1
    assert len(keys) == 1
    assert state["progress"]["done"] == 1 + 6 + 3 + 1


def test_two_tabs_cannot_answer_twice(serve: Serve) -> None:
    server = serve()
    who, state = begin(server)
    assert answer(server, who, state, "vocals", "no").status == 200
    assert answer(server, who, state, "vocals", "no").status == 200  # sent again: the first reply was lost
    assert answer(server, who, state, "vocals", "yes").status == 409
    with sqlite3.connect(server.store) as database:
        assert database.execute("SELECT value FROM answers").fetchall() == [("no",)]


def test_a_killed_server_has_lost_nothing(serve: Serve) -> None:
    server = serve()
    who, state = begin(server)
    state = answer(server, who, state, "vocals", "no").json
    state = answer(server, who, state, "style", "rock").json
    server.ask("POST", "/api/undo", {"annotator": who})
    server.kill()
    again = serve()
    assert begin(again)[1]["assignment"]["answered"] == {"vocals": "no"}
    with sqlite3.connect(again.store) as database:
        rows = database.execute("SELECT question, value, undone_at IS NOT NULL FROM answers").fetchall()
    assert rows == [("vocals", "no", 0), ("style", "rock", 1)]
    assert again.ask("GET", "/api/project", cookie=server.cookie).status == 401  # the old key is of another time


def test_a_piece_that_is_gone_can_be_put_off(serve: Serve, work: Path) -> None:
    server = serve("music", "--labels", "jazz,rock", "--repeats", "0")
    who, state = begin(server)
    first = state["assignment"]["number"]
    for sound in (work / "music").glob("*.wav"):
        sound.rename(sound.with_suffix(".moved"))
    reply = server.ask("GET", f"/api/assignments/{first}/sound")
    assert reply.status == 400
    assert "no such file any more" in reply.json["error"]
    state = server.ask("POST", "/api/later", {"annotator": who, "assignment": first}).json
    assert state["assignment"]["number"] != first


def test_excerpts_are_cut_out_of_the_middle(serve: Serve) -> None:
    server = serve("music", "--labels", "jazz,rock", "--excerpt", "1")
    begin(server)
    assert server.ask("GET", "/api/assignments/1/outline").json["duration_s"] == 1.0
    assert len(server.ask("GET", "/api/assignments/1/sound").body) == pytest.approx(2 * 8000, abs=100)

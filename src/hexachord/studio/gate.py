"""What every request to a page of ours passes before anything answers it.

A server on the loopback address is within reach of every web page that the user has open: browsers connect to 127.0.0.1 for whoever asks,
under names that a stranger may point there (DNS rebinding), with the user's cookies where those allow it (cross-site request forgery).
So: the Host must be ours, requests of other sites are refused by what the browser says of them (Origin, Sec-Fetch-Site), everything wants a
key that only who started the server was told, and bodies are small and JSON. OWASP, *Cross-Site Request Forgery Prevention*; Fetch Metadata
(W3C). Plain ASGI, so that nothing the framework does comes before it.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

MOST_BODY_BYTES = 1 << 16
ENTRANCE = "/enter"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """A part of the server with a key of its own.

    Attributes
    ----------
    name : of its cookie
    below : the paths that begin so are behind it
    home : where the entrance leads
    key : whoever has it may enter
    """

    name: str
    below: tuple[str, ...]
    home: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Gate:
    """Lets requests through to an application, or refuses them in words.

    Parameters
    ----------
    application : what answers
    port : on which the server listens
    doors : the first whose paths fit is the one; the last should fit all
    """

    def __init__(self, application: Application, *, port: int, doors: Sequence[Door]) -> None:
        self.application = application
        self.port = port
        self.doors = tuple(doors)
        names = [f"{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")]
        self.hosts = frozenset(names)
        self.origins = frozenset(f"http://{name}" for name in names)

    def address(self, door: Door) -> str:
        """The address that lets a browser in."""
        return f"http://127.0.0.1:{self.port}{ENTRANCE}?key={door.key}"

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] == "lifespan":
            await self.application(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = _headers(scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _say(send, *refusal)
            return
        if scope["path"] == ENTRANCE:
            await self._enter(scope, send)
            return
        if not self._has_key(scope["path"], headers):
            await _say(send, 401, "This page opens with the address that the command printed; copy it whole, with its key.")
            return
        if scope["method"] == "POST":
            body = await _body(receive, headers)
            if body is None:
                await _say(send, 413, f"More than {MOST_BODY_BYTES} bytes.")
                return
            receive = _again(body, receive)
        await self.application(scope, receive, _with_headers(send))

    def _refusal(self, scope: Any, headers: Mapping[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "This server answers to 127.0.0.1 and localhost only."
        method = scope["method"]
        if method not in ("GET", "HEAD", "POST"):
            return 405, "GET, HEAD and POST only."
        from_elsewhere = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        enters = scope["path"] == ENTRANCE and method == "GET" and headers.get("sec-fetch-mode", "navigate") == "navigate"
        if from_elsewhere and not enters:  # a link to the entrance may stand anywhere: it needs the key
            return 403, "Another site asked for this."
        if "origin" in headers and headers["origin"].lower() not in self.origins:
            return 403, "Another site asked for this."
        if method == "POST":
            if "origin" not in headers:
                return 403, "A request that does not say where it comes from."
            if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                return 415, "JSON only."
        return None

    async def _enter(self, scope: Any, send: Send) -> None:
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [""])[0]
        for door in self.doors:
            if hmac.compare_digest(given.encode(), door.key.encode()):
                cookie = f"{self._cookie(door)}={door.key}; Path=/; HttpOnly; SameSite=Strict"
                await _say(send, 303, "", ("location", door.home), ("set-cookie", cookie))
                return
        await _say(send, 401, "That key is of another time or place: use the address that the running command printed.")

    def _has_key(self, path: str, headers: Mapping[str, str]) -> bool:
        door = next((door for door in self.doors if path.startswith(door.below)), None)
        if door is None:
            return False
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._cookie(door))
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), door.key.encode())

    def _cookie(self, door: Door) -> str:
        return f"hexachord-{door.name}-{self.port}"  # cookies know no ports: two servers must not take each other's


def _headers(scope: Any) -> dict[str, str]:
    """Headers by lower-case name; one that comes twice is joined, and so fits nothing."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, {value.decode('latin-1')}" if key in found else value.decode("latin-1")
    return found


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes | None:
    """Read a body; None where it is too long, whatever its header says."""
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MOST_BODY_BYTES:
        return None
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_headers(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            named = {bytes(name).lower() for name, _ in message.get("headers", [])}
            ours = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in named]
            message = {**message, "headers": [*message.get("headers", []), *ours]}
        await send(message)

    return dressed


async def _say(send: Send, status: int, words: str, *headers: tuple[str, str]) -> None:
    body = words.encode()
    every = (("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body))), *headers)
    dressed = _with_headers(send)
    await dressed({"type": "http.response.start", "status": status, "headers": [(n.encode(), v.encode()) for n, v in every]})
    await dressed({"type": "http.response.body", "body": body})

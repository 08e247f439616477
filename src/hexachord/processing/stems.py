"""A mix taken apart: drums, bass, vocals and other, by classical means, so that the stems always sum to the mix.

Three questions are asked of every cell of one spectrogram, each answered by a soft share between 0 and 1:

1. *Stroke or tone?* Median filters along time and frequency (Fitzgerald, *Harmonic/percussive separation using median filtering*,
   DAFx 2010; Müller, *Fundamentals of Music Processing*, §8.1). Strokes are the `drums`.
2. *New or heard before?* Accompaniments repeat, singers less so: what exceeds the median of the most similar moments is foreground
   (REPET-SIM: Rafii & Pardo, *Music/voice separation using the similarity matrix*, ISMIR 2012). Foreground that sits in the centre of the
   stereo image, where singers are put, is `vocals`.
3. *On the bass line or not?* The lowest tone is followed through time, and what lies on its first partials is `bass`.

The rest is `other`, computed in the time domain as the mix minus the three: the sum is exact to rounding, whatever the shares are.
All channels share one mask, so phases and places in the stereo image stay as they were.

The signal is worked on in overlapping segments on a fixed grid and cross-faded, so that a file read in blocks of any size gives the
same samples as one read at once, in bounded memory.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio import AudioFile, AudioWriter
from hexachord.dsp.stft import fft_frequencies_hz, istft, stft
from hexachord.models.engine import pick_engine
from hexachord.processing.engines import ENGINES
from hexachord.processing.shares import bass_share, centre_share, foreground_share, stroke_share

__all__ = ["ENGINES", "STEMS", "split_file", "split_segment", "split_stems", "split_stems_blocks"]

STEMS = ("vocals", "drums", "bass", "other")
_WINDOW_S = 0.093  # long enough to tell a bass note from its neighbour, short enough for a snare
_SEGMENT_S = 40.0
_FADE_S = 4.0


def split_stems(samples: Float32Array, rate_hz: int, *, engine: str | None = None) -> dict[str, Float32Array]:
    """Take a mix apart.

    Parameters
    ----------
    samples : (channels, n) or (n,) float
    rate_hz : sample rate
    engine : name of an engine of the task ``stems``

    Returns
    -------
    For each of `STEMS` an array of the shape of `samples`; they add up to it (residual below -100 dB).

    Raises
    ------
    ValueError : if the samples are not finite or have another shape.

    Examples
    --------
    >>> mix = np.random.default_rng(0).normal(0, 0.1, (2, 8000)).astype(np.float32)
    >>> stems = split_stems(mix, 8000)
    >>> list(stems), bool(np.abs(sum(stems.values()) - mix).max() < 1e-6)
    (['vocals', 'drums', 'bass', 'other'], True)
    """
    mix = np.atleast_2d(samples)
    if mix.ndim != 2 or not np.issubdtype(mix.dtype, np.floating):
        raise ValueError(f"expected float samples of shape (channels, n), not {samples.dtype} of shape {samples.shape}")
    mix = mix.astype(np.float32, copy=False)
    stems = {name: np.empty_like(mix) for name in STEMS}
    at = 0
    for piece in split_stems_blocks([mix], rate_hz, engine=engine):
        length = piece[STEMS[0]].shape[1]
        for name in STEMS:
            stems[name][:, at : at + length] = piece[name]
        at += length
    return {name: stem.reshape(samples.shape) for name, stem in stems.items()}


def split_stems_blocks(blocks: Iterable[FloatArray], rate_hz: int, *, engine: str | None = None) -> Iterator[dict[str, Float32Array]]:
    """Take apart a mix that arrives in blocks, in bounded memory; block sizes do not matter to the result.

    Parameters
    ----------
    blocks : consecutive (channels, n) pieces of the mix, of any lengths
    rate_hz : sample rate
    engine : name of an engine of the task ``stems``

    Yields
    ------
    The next piece of each stem, as `split_stems` names them; joined together they are as long as the mix.
    """
    split: Callable[[Float32Array, int], dict[str, Float32Array]] = pick_engine(ENGINES, task="stems", name=engine).load()
    fade = round(_FADE_S * rate_hz)
    step = round(_SEGMENT_S * rate_hz) - fade
    ramp = np.sin(0.5 * np.pi * (np.arange(fade, dtype=np.float32) + 0.5) / fade) ** 2
    tail: dict[str, Float32Array] = {}  # the faded-out end of the last segment

    def finish(segment: Float32Array, *, is_last: bool) -> dict[str, Float32Array]:
        nonlocal tail
        mix = segment if is_last else segment[:, : step + fade]
        stems = split(mix, rate_hz)
        for name, stem in stems.items():
            if tail:
                stem[:, :fade] = stem[:, :fade] * ramp + tail[name]
        if not is_last:
            tail = {name: stem[:, step:] * (1 - ramp) for name, stem in stems.items()}
            stems = {name: stem[:, :step] for name, stem in stems.items()}
        stems[STEMS[-1]] = segment[:, : stems[STEMS[0]].shape[1]] - sum(stems[name] for name in STEMS[:-1])
        return stems

    waiting: list[Float32Array] = []
    held = 0
    for block in blocks:
        if not np.isfinite(block).all():
            raise ValueError("the mix holds samples that are not finite; clean them first (AudioFile with salvage=True does)")
        waiting.append(np.asarray(block, dtype=np.float32))
        held += block.shape[1]
        # A segment is worked on when another whole one is sure to follow, so that the last one is never a stub.
        while held >= 2 * step + fade:
            joined = np.concatenate(waiting, axis=1) if len(waiting) > 1 else waiting[0]
            yield finish(joined, is_last=False)
            waiting, held = [joined[:, step:]], held - step
    if held:
        yield finish(np.concatenate(waiting, axis=1) if len(waiting) > 1 else waiting[0], is_last=True)


def split_file(
    source: str | Path,
    folder: str | Path,
    *,
    engine: str | None = None,
    suffix: str = ".flac",
    salvage: bool = False,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Path]:
    """Take a sound file apart into one file for each stem, in bounded memory.

    Parameters
    ----------
    source : any file `AudioFile` reads
    folder : where ``vocals.flac``, ``drums.flac`` ... go; made if absent
    engine : name of an engine of the task ``stems``
    suffix : format of the stems; ``.flac`` and ``.wav`` hold 24 bits
    salvage : see `AudioFile`
    progress : called with the part that is done, 0 to 1

    Returns
    -------
    The path of each stem. What would pass full scale in one stem is moved to `other`, so that the files still sum to the mix.

    Raises
    ------
    InputError : if the source cannot be read or the folder not be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}{suffix}" for name in STEMS}
    with AudioFile(source, salvage=salvage) as file, ExitStack() as stack:
        writers = {
            name: stack.enter_context(AudioWriter(path, rate_hz=file.rate_hz, channels=file.channels)) for name, path in paths.items()
        }
        done = 0
        for stems in split_stems_blocks((block.samples for block in file.blocks(block_s=10.0)), file.rate_hz, engine=engine):
            for name in STEMS[:-1]:
                held = np.clip(stems[name], -1.0, 1.0)
                stems[STEMS[-1]] += stems[name] - held
                stems[name] = held
            for name, writer in writers.items():
                writer.write(stems[name])
            done += stems[STEMS[0]].shape[1]
            if progress is not None:
                progress(min(1.0, done / file.frames))
    return paths


def split_segment(mix: Float32Array, rate_hz: int) -> dict[str, Float32Array]:
    """Take one segment of a mix apart: the engine ``stems/median-repet``.

    Parameters
    ----------
    mix : (channels, n) float32, finite; memory is about 60 times its size
    rate_hz : sample rate

    Returns
    -------
    For each of `STEMS` a (channels, n) array; `other` is the mix minus the rest.
    """
    n_fft = 4 * max(16, round(_WINDOW_S * rate_hz / 4))
    hop = n_fft // 4
    spectra = [stft(channel, n_fft=n_fft, hop=hop) for channel in mix]
    frequencies_hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft)
    magnitude = np.sqrt(sum(spectrum.real**2 + spectrum.imag**2 for spectrum in spectra) / len(spectra))
    stroke = stroke_share(magnitude, frame_s=hop / rate_hz, bin_hz=rate_hz / n_fft)
    voice = foreground_share(magnitude, frequencies_hz, frame_s=hop / rate_hz)
    if len(spectra) == 2:
        voice *= centre_share(spectra[0], spectra[1])
    both = 0.5 * stroke * voice  # a consonant is a stroke too, and a fill is new: what both claim is halved
    stroke -= both
    voice -= both
    magnitude *= 1.0 - stroke
    bass = bass_share(magnitude, frequencies_hz)
    bass *= 1.0 - stroke - voice
    shares = {"vocals": voice, "drums": stroke, "bass": bass}
    length = mix.shape[1]
    stems = {
        name: np.stack([istft(share * spectrum, length=length, hop=hop) for spectrum in spectra]).astype(np.float32, copy=False)
        for name, share in shares.items()
    }
    stems["other"] = mix - sum(stems.values())
    return stems

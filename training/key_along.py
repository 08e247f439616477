"""Measure keys along the way on songs of the training data: ``python training/key_along.py --data DATA``, after ``training/key.py``.

Prints for how much of the time the tonic is right, and how often the key is said to change: for the Billboard songs that change their
tonic (both sides of the split: there are two on the valid one; the key model has heard the others, their changes have not been shown to
it), for those of the valid side that do not, and for rendered songs of the valid side (``--songs``). The five constants of
`harmony.key_decoding` about local keys were chosen by these figures.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from chord_frames import IGNORED, KeySpan, billboard_frames, heard_renders
from key_songs import KeySong, heard
from songs import add_options

from hexachord.arrays import IntArray
from hexachord.audio_analysis.harmony.key_decoding import LOCAL_STEP_FRAMES, local_key_path, log_key_chances
from hexachord.models.networks import open_network


def tonic_share(path: IntArray, keys: Sequence[KeySpan], *, step_s: float) -> float:
    """Return for how much of the annotated time the tonic of a path of keys is right.

    Examples
    --------
    >>> tonic_share(np.array([0, 12, 7, 7]), [KeySpan(0.0, 3.0, 0, 0), KeySpan(3.0, 4.0, 7, 0)], step_s=1.0)
    0.75
    """
    at_s = (np.arange(len(path)) + 0.5) * step_s
    tonic = np.full(len(path), IGNORED)
    for span in keys:
        tonic[(at_s >= span.start_s) & (at_s < span.end_s)] = span.tonic
    known = tonic != IGNORED
    return float((path[known] % 12 == tonic[known]).mean()) if known.any() else float("nan")


def report(name: str, songs: Sequence[KeySong]) -> None:
    """Print the means over songs."""
    shares, whole, changes = [], [], []
    for song in songs:
        step_s, chances = LOCAL_STEP_FRAMES * song.frames.hop_s, log_key_chances(song.frames)
        path, _ = local_key_path(song.frames, chances)
        shares.append(tonic_share(path, song.keys, step_s=step_s))
        whole.append(tonic_share(np.full(len(path), int(chances.argmax())), song.keys, step_s=step_s))
        changes.append(np.count_nonzero(np.diff(path)))
    means = [float(np.nanmean(column)) for column in (shares, whole, changes)]
    print(
        f"{name}: {len(songs)} songs, tonic right for {means[0]:.3f} of the time ({means[1]:.3f} by one key), {means[2]:.2f} changes a song"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for what was heard of renders")
    parser.add_argument("--network", type=Path, help="listen with this chord network instead of the shipped one")
    parser.add_argument("--songs", type=int, default=80, help="rendered songs; 0 for none")
    options = parser.parse_args()
    network = None if options.network is None else open_network(options.network)
    valid = list(billboard_frames(options.data, side="valid"))
    moving = [song for side in (billboard_frames(options.data, side="train"), valid) for song in side if len(song.keys) > 1]
    report("songs that change their tonic", [heard(song, network=network) for song in moving])
    report("songs of the valid side that do not", [heard(song, network=network) for song in valid if len(song.keys) == 1])
    if options.songs:
        renders = [song for song in heard_renders(options, side="valid", count=options.songs) if song.keys]
        report("renders of the valid side", [heard(song, network=network) for song in renders])


if __name__ == "__main__":
    main()

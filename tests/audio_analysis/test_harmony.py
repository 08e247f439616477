import numpy as np
import pytest

from hexachord.audio_analysis.harmony import estimate_chords, estimate_key, estimate_local_keys
from hexachord.audio_analysis.harmony.key_decoding import chord_root_names
from hexachord.errors import InputError
from hexachord.knowledge import Beats, Key
from hexachord.theory.chord_labels import parse_chord

HOP_S = 0.1


def chord_chroma(labels, *, seconds=2.0, hop_s=HOP_S, noise=0.05, seed=0):
    """Treble and bass chroma of a progression: each chord's notes above, its root below."""
    random = np.random.default_rng(seed)
    frames = round(seconds / hop_s)
    treble, bass = [], []
    for label in labels:
        above, below = np.zeros(12), np.zeros(12)
        chord = parse_chord(label)
        if chord.is_chord:
            above[list(chord.pitch_classes())] = 1.0
            below[chord.root] = 1.0
        treble.append(np.tile(above, (frames, 1)))
        bass.append(np.tile(below, (frames, 1)))
    treble, bass = np.concatenate(treble), np.concatenate(bass)
    return (part + noise * random.random(part.shape) * part.max() for part in (treble, bass))


PROGRESSION = ["C:maj", "A:min", "F:maj", "G:maj"] * 4 + ["C:maj"]


def test_a_plain_progression_is_read_with_its_boundaries():
    treble, bass = chord_chroma(PROGRESSION)
    chords = estimate_chords(treble, bass, hop_s=HOP_S)
    assert list(chords.label) == PROGRESSION
    assert np.abs(chords.start_s - 2.0 * np.arange(len(PROGRESSION))).max() < 0.3
    assert (chords.confidence > 0.3).all()
    assert chords.engine == "chords/network"


def test_segments_cover_the_recording_without_gaps():
    treble, bass = chord_chroma(PROGRESSION)
    chords = estimate_chords(treble, bass, hop_s=HOP_S, start_s=5.0)
    assert chords.start_s[0] == 5.0
    assert chords.end_s[-1] == pytest.approx(5.0 + 2.0 * len(PROGRESSION))
    assert np.array_equal(chords.start_s[1:], chords.end_s[:-1])


def test_the_level_of_the_recording_does_not_matter():
    treble, bass = chord_chroma(PROGRESSION)
    loud = estimate_chords(treble * 1000, bass * 1000, hop_s=HOP_S)
    assert loud.label == estimate_chords(treble, bass, hop_s=HOP_S).label


def test_finer_frames_give_the_same_chords():
    treble, bass = chord_chroma(PROGRESSION, hop_s=0.02)
    chords = estimate_chords(treble, bass, hop_s=0.02)
    assert list(chords.label) == PROGRESSION


def test_with_beats_chords_change_on_beats_only():
    treble, bass = chord_chroma(PROGRESSION)
    times = 0.03 + 0.5 * np.arange(4 * len(PROGRESSION))
    beats = Beats(time_s=times, position=np.arange(len(times)) % 4 + 1)
    chords = estimate_chords(treble, bass, hop_s=HOP_S, beats=beats)
    assert list(chords.label) == PROGRESSION
    assert np.isin(chords.start_s[1:].round(6), times.round(6)).all()


def test_silence_between_chords_is_no_chord():
    treble, bass = chord_chroma([*PROGRESSION[:4], "N", "N", *PROGRESSION[:4]])
    treble[80:120], bass[80:120] = 1e-6, 1e-6
    chords = estimate_chords(treble, bass, hop_s=HOP_S)
    silent = chords.label.index("N")
    assert chords.start_s[silent] == pytest.approx(8.0, abs=0.8)
    assert chords.end_s[silent] == pytest.approx(12.0, abs=0.8)


def test_the_key_decides_the_spelling():
    treble, bass = chord_chroma(["C#:maj", "F#:maj", "G#:maj", "C#:maj"])
    sharp = estimate_chords(treble, bass, hop_s=HOP_S, key=Key(tonic="C#", mode="minor"))
    flat = estimate_chords(treble, bass, hop_s=HOP_S, key=Key(tonic="Db", mode="major"))
    assert sharp.label[0] == "C#:maj"
    assert flat.label[0] == "Db:maj"


@pytest.mark.parametrize(
    ("tonic", "mode", "black_keys"),
    [
        ("C", "major", "Db Eb F# Ab Bb"),
        ("G", "major", "C# Eb F# Ab Bb"),
        ("F", "major", "Db Eb Gb Ab Bb"),
        ("C", "minor", "Db Eb Gb Ab Bb"),
        ("A", "minor", "C# Eb F# G# Bb"),
        ("E", "major", "C# D# F# G# A#"),
        ("Db", "major", "Db Eb Gb Ab Bb"),
        ("G#", "minor", "C# D# F# G# A#"),
    ],
)
def test_roots_are_spelt_near_the_key(tonic, mode, black_keys):
    names = chord_root_names(Key(tonic=tonic, mode=mode))
    assert [names[pitch_class] for pitch_class in (1, 3, 6, 8, 10)] == black_keys.split()
    assert [names[pitch_class] for pitch_class in (0, 2, 4, 5, 7, 9, 11)] == list("CDEFGAB")


@pytest.mark.parametrize("engine", ["chord-context", "profiles"])
@pytest.mark.parametrize(
    ("progression", "key"),
    [
        (["C:maj", "F:maj", "G:7", "C:maj"], "C major"),
        (["A:min", "D:min", "E:7", "A:min"], "A minor"),
        (["Eb:maj", "Ab:maj", "Bb:7", "Eb:maj"], "Eb major"),
    ],
)
def test_cadences_give_their_key(engine, progression, key):
    treble, bass = chord_chroma(progression * 3)
    found = estimate_key(treble, bass=bass, hop_s=HOP_S, engine=engine)
    assert found.name == key
    assert 0 < found.confidence <= 1
    assert found.confidence + sum(confidence for _, confidence in found.alternatives) <= 1 + 1e-9


def test_an_unknown_engine_is_named():
    with pytest.raises(InputError, match="no such engine"):
        estimate_key(np.ones((100, 12)), engine="oracle")


def test_a_modulation_is_found():
    first, second = ["C:maj", "F:maj", "G:7", "C:maj"] * 8, ["E:maj", "A:maj", "B:7", "E:maj"] * 8
    treble, bass = chord_chroma(first + second)
    keys = estimate_local_keys(treble, bass, hop_s=HOP_S)
    assert keys.label == ("C major", "E major")
    assert keys.end_s[0] == pytest.approx(64.0, abs=4.0)


@pytest.mark.parametrize("frames", [0, 1, 2, 5, 100])
@pytest.mark.parametrize("kind", ["silence", "flat", "noise", "spike"])
def test_odd_input_gives_sane_results(frames, kind):
    chroma = {
        "silence": np.zeros((frames, 12)),
        "flat": np.ones((frames, 12)),
        "noise": np.random.default_rng(0).random((frames, 12)),
        "spike": np.eye(12)[np.zeros(frames, dtype=int)] * 1e30,
    }[kind]
    with np.errstate(all="raise", under="ignore"):
        key = estimate_key(chroma, bass=chroma, hop_s=HOP_S)
        chords = estimate_chords(chroma, chroma, hop_s=HOP_S)
        local = estimate_local_keys(chroma, chroma, hop_s=HOP_S)
    assert np.isfinite(key.confidence)
    assert np.isfinite(chords.confidence).all()
    assert np.isfinite(local.confidence).all()
    if kind == "silence":
        assert key.confidence == 0.0
        assert set(chords.label) <= {"N"}
        assert len(local) == 0
    if frames > 2:
        assert chords.end_s[-1] == pytest.approx(frames * HOP_S)


def test_wrong_shapes_and_nan_are_refused():
    with pytest.raises(ValueError, match="expected"):
        estimate_key(np.ones((10, 11)))
    with pytest.raises(ValueError, match="expected"):
        estimate_chords(np.ones((10, 12)), np.ones((9, 12)), hop_s=HOP_S)
    with pytest.raises(ValueError, match="finite"):
        estimate_key(np.full((10, 12), np.nan))

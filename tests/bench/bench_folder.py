"""A folder in the bench layout, made up."""

import numpy as np

from hexachord.audio import Audio, save_audio

RATE_HZ = 8000


def sound(path, *, seconds=2.0, channels=1, level=0.1):
    """Write a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    save_audio(Audio(samples=np.tile(level * np.sin(2 * np.pi * 220 * times), (channels, 1)).astype(np.float32), rate_hz=RATE_HZ), path)


def text(path, content):
    """Write text into a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def make_bench(root):
    """Fill a folder with one of everything, one recording and one song incomplete."""
    text(root / "beats/waltz.beats", "0.10\t2\n0.60\t3\n1.10\t1\n1.60\t2\n")
    sound(root / "beats/waltz.flac")
    text(root / "beats/lost.beats", "0.1\t1\n0.6\t2\n")
    text(root / "mdb_drums/annotations/beats/Song_MIX.beats", "0.1 \t 1\n0.6 \t 2\n1.1 \t 1\n")
    sound(root / "mdb_drums/audio/Song_Drum.flac")
    sound(root / "mdb_drums/audio/Song_MIX.flac", channels=2)
    yaml = (
        "stems:\n  S01:\n    component: ''\n    instrument: drum set\n    raw:\n      R01:\n        instrument: drum set\n"
        "  S02:\n    instrument: electric bass\n  S03:\n    instrument: male singer\n  S04:\n    instrument: banjo\n"
    )
    text(root / "mdb_drums/stems/Song/Song_METADATA.yaml", yaml)
    for number in (1, 2, 3, 4):
        sound(root / f"mdb_drums/stems/Song/Song_STEM_0{number}.flac", channels=number % 2 + 1, seconds=number / 2)
    text(root / "maps/MAPS_MUS-a_ENSTDkAm.tsv", "# onset,offset,note,velocity\n0.5,0.6,51.0,127.0\n0.5,0.5,39.0,0.0\n")
    sound(root / "maps/MAPS_MUS-a_ENSTDkAm.flac")
    text(root / "maps/MAPS_MUS-b_SptkBGAm.tsv", "# onset,offset,note,velocity\n0.5,0.6,51.0,50.0\n")
    text(root / "singing/voice_f0.csv", "0.0,0.0\n0.01,220.0\n")
    text(root / "singing/voice_notesA1.csv", "0.5,440.0,0.3\n")
    sound(root / "singing/voice.wav")
    text(root / "libsoni/demo_f0/aria.csv", "time;frequency\n0;0\n0.01;330\n")
    sound(root / "libsoni/demo_f0/aria.wav")
    for voice, f0 in (("S1", 440), ("B1", 110)):
        text(root / f"libsoni/demo_f0/DCS_X_{voice}_LRX.csv", f"start;f0\n0.0;0.0\n0.01;{f0}\n0.02;0\n"[: None if voice == "S1" else -7])
    sound(root / "libsoni/demo_f0/DCS_X_StereoReverb_STM.wav")
    song = root / "billboard/0001"
    song.mkdir(parents=True)
    chroma = np.zeros((20, 24), np.uint8)
    chroma[:, 3] = 200  # the bass column of C, counted from A
    chroma[:, 12 + 10] = 100  # the treble column of G
    np.savez(song / "bothchroma.npz", chroma=chroma, scale=np.float32(0.01), hop=np.float32(0.1), time0=np.float32(0.05))
    text(song / "full.lab", "0.0\t0.5\tN\n0.5\t0.5\tC:maj\n0.5\t1.5\tC:min7\n1.5\t2.0\tG:7\n\n")
    salami = "# title: X\n# metre: 6/8\n# tonic: C\n\n0.0\tsilence\n0.5\tA, intro, | C:min | (voice\n1.0\t| C:min |\n"
    salami += "1.5\tB', verse, | G:7 |\n2.0\tend\n"
    text(song / "salami_chords.txt", salami)
    (root / "billboard/0002").mkdir()

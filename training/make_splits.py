"""Writes ``splits.json``: the side of every song, font, kit, effect and room, the same for everybody and for ever.

    python training/make_splits.py DATA            # DATA holds train/ and bench/

Held out are the songs of bench/, works of train/ that bench/ measures in another performance, and the instruments that the benches play
with; a part of every corpus is kept for tuning (valid) and another for the rendered suites (held_out), whole composers and drummers.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

from hexachord.rendering.chorales import chorale_names
from hexachord.rendering.drum_patterns import pattern_names
from hexachord.rendering.shelf import CORPORA

TUNING_DRUMMERS = ("drummer2", "drummer9", "drummer10")
SUITE_DRUMMERS = ("drummer5",)
ON_THE_BENCH = (  # works that bench/asap, bench/maps and bench/alignment measure, as they are called in giantmidi and musetrainer
    "Beethoven_Piano_Sonata_No_16", "Beethoven_Piano_Sonata_No_18", "Beethoven_Piano_Sonata_No_12_Op_26", "Chopin, Frédéric, Études, Op.10",
    "Schubert_Impromptus_D899_24DugWBRkYg_cut_no_4", "Chopin_-_Ballade_no._1", "La_Campanella", "Pathetique_2nd", "Opus_28_No._4",
    "Op._28_No._4", "Prlude_No._4", "Prlude_Opus_28",
)  # fmt: skip
TWINS = (  # other arrangements of works on the training side: a page that is judged by must not be half known
    "Canon_in_D_easy", "Gymnopdie_No._1__Satie", "Happy_Birthday_To_You_Piano", "moonlight_sonata_3rd_movement",
    "017",  # POP909's 018 is the same song
)  # fmt: skip
INSTRUMENTS = {
    "font": {
        "train": ["fluid_r3", "fluid_r3_mono", "musescore_general", "salamander"],
        "valid": [],
        "held_out": ["upright_kw", "timgm6mb"],
    },
    "kit": {
        "train": ["Audiophob", "BJA_Pacific", "ElectricEmpireKit", "Gimme A Hand 1.0", "HardElectro1", "Millo-Drums_v.1",
                  "Millo_MultiLayered2", "Millo_MultiLayered3", "VariBreaks", "circAfrique v4", "rumpf_kit_z01_h2"],
        "valid": ["The Black Pearl 1.0"],
        "held_out": ["ColomboAcousticDrumkit", "ForzeeStereo"],
    },
    "synthesizer": {
        "train": ["Strung Grand", "Harpsichord", "Clavinet", "Nylon Guitar", "Steel Guitar", "Electric Guitar", "Driven Guitar",
                  "Muted Guitar", "Finger Bass", "Pick Bass", "Upright Bass", "Koto", "Tine Piano", "Celesta", "Vibraphone", "Marimba",
                  "Xylophone", "Tubular Bells", "Timpani", "Accordion", "Harmonica", "Violin", "Cello", "Bowed Bass", "String Section",
                  "Orchestra Hit", "Trumpet", "Tuba", "Horn", "Brass Section", "Alto Sax", "Baritone Sax", "Oboe", "Bassoon", "Flute",
                  "Recorder", "Woman's Voice", "Man's Voice", "Women's Choir", "Jazz Organ", "Pipe Organ", "Analog Brass", "Saw Lead",
                  "Triangle Lead", "Super Saw", "Pluck", "Analog Bass", "Square Bass", "Warm Pad", "Bright Pad", "FM Piano", "FM Bell",
                  "FM Brass", "Wind", "Studio Kit", "Eight Kit", "Nine Kit"],
        "valid": ["Reed Piano", "Harp", "Glockenspiel", "Harmonium", "Trombone", "Tenor Sax", "Pan Flute", "Synth Voice", "Glass Pad",
                  "Fifths Lead", "Sub Bass", "Jazz Kit"],
        "held_out": ["Tavern Piano", "Jazz Guitar", "Kalimba", "Viola", "Muted Trumpet", "Soprano Sax", "Clarinet", "Child's Voice",
                     "Men's Choir", "Full Organ", "String Machine", "Square Lead", "FM Bass", "FM Clav", "Dusty Kit"],
    },
    "effect": {
        "train": ["amplifier", "chorus", "codec", "compressor", "crowd", "delay", "equalizer", "flanger", "limiter", "noise", "phaser",
                  "phone", "radio", "reverb", "rotary", "saturation", "speech", "tape", "tremolo"],
        "valid": ["bandlimit"],
        "held_out": ["vinyl", "clipping"],
    },
    "room": {
        "train": [f"{number:03d}" for number in range(80)],
        "valid": [f"{number:03d}" for number in range(80, 90)],
        "held_out": [f"{number:03d}" for number in range(90, 100)],
    },
}  # fmt: skip


def side_of(name: str, *, tuning: int = 6, suite: int = 6) -> str:
    """A side by the name's own hash, in percent: stable when songs come and go."""
    place = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100
    return "valid" if place < tuning else "held_out" if place < tuning + suite else "train"


def sorted_sides(sides: dict[str, str]) -> dict[str, list[str]]:
    return {side: sorted(name for name, at in sides.items() if at == side) for side in ("train", "valid", "held_out")}


def main(data: Path) -> None:
    train, bench = data / "train", data / "bench"
    songs: dict[str, dict[str, str]] = {}
    for corpus in ("pop909", "openewld", "giantmidi", "musetrainer"):
        names = CORPORA[corpus][0](train / corpus)
        songs[corpus] = {name: "held_out" if any(work in name for work in ON_THE_BENCH) else side_of(f"{corpus}/{name}") for name in names}
        songs[corpus] |= {name: "train" for name in names if name in TWINS}
    songs["pop909"] |= {path.name: "held_out" for path in (bench / "pop909").iterdir() if path.is_dir()}
    composers = sorted({name.split("/")[0] for name in CORPORA["openscore_lieder"][0](train / "openscore_lieder")})
    songs["openscore_lieder"] = {composer: side_of(composer, tuning=8, suite=8) for composer in composers}
    with (train / "groove" / "info.csv").open(newline="") as file:
        drummers = sorted({row["drummer"] for row in csv.DictReader(file)})
    songs["groove"] = {name: "valid" if name in TUNING_DRUMMERS else "held_out" if name in SUITE_DRUMMERS else "train" for name in drummers}
    with (bench / "groove" / "info.csv").open(newline="") as file:
        songs["groove"] |= {row["id"]: "held_out" for row in csv.DictReader(file)}
    chorales = chorale_names(train / "jsb_chorales")
    songs["jsb_chorales"] = {name: "held_out" if side_of(name) == "held_out" else name.split("/")[0] for name in chorales}
    songs["jsb_chorales"]["test"] = "held_out"
    songs["drum_machine_patterns"] = {name: side_of(name) for name in pattern_names(train / "drum_machine_patterns")}
    songs["billboard"] = {path.name: side_of(f"billboard/{path.name}") for path in (train / "billboard").iterdir() if path.is_dir()}
    songs["billboard"] |= {path.name: "held_out" for path in (bench / "billboard").iterdir() if path.is_dir()}
    content = {corpus: sorted_sides(sides) for corpus, sides in sorted(songs.items())} | INSTRUMENTS
    lines = [
        f" {json.dumps(kind)}: {{\n"
        + ",\n".join(f"  {json.dumps(side)}: {json.dumps(names, ensure_ascii=False)}" for side, names in sides.items())
        + "\n }"
        for kind, sides in content.items()
    ]
    target = Path(__file__).with_name("splits.json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for kind, sides in content.items():
        print(f"{kind:24s}", {side: len(names) for side, names in sides.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))

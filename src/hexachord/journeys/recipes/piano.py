"""The assignment "pop piano": train a language model of piano MIDI from scratch, compose with it, and compare with the real thing.

Homework 3 of the course *Deep Learning for Music Analysis and Generation* (NTU, 2025). Its three measures come from Wu & Yang, "The Jazz
Transformer on the front line" (ISMIR 2020); its data are Pop1K7 of Hsiao et al., "Compound Word Transformer" (AAAI 2021).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from hexachord.journeys.recipes.recipe import Recipe, Setting


@dataclass(frozen=True, kw_only=True)
class PianoOptions:
    """What may be asked of the recipe."""

    data: Annotated[Path, Setting(help="A folder of MIDI; Pop1K7 and POP909 are known by their layout.", metavar="DIR")]
    prompt: Annotated[tuple[Path, ...], Setting(help="MIDI to go on with, may be repeated. Default: held-out songs.", metavar="FILE")] = ()
    tokens: Annotated[str, Setting(help="compound, remi or midi-like.", metavar="NAME")] = "compound"
    track: Annotated[str, Setting(help="Only tracks whose name contains this.", metavar="TEXT")] = ""
    grid: Annotated[int, Setting(help="Positions of a quarter.", least=1, most=24)] = 4
    chords: Annotated[bool, Setting(help="Tell the chord symbols that the data have.")] = False
    track_beats: Annotated[bool, Setting(help="Find the beats of performances; else they are refused.")] = True
    held_out: Annotated[float, Setting(help="The share of songs to be judged by.", least=0.01, most=0.5)] = 0.1
    minutes: Annotated[float, Setting(help="Of training, by the clock.", least=0.05)] = 20.0
    steps: Annotated[int, Setting(help="Train for so many steps instead: the same on every machine. 0: by the clock.", least=0)] = 0
    threads: Annotated[int, Setting(help="Of training. 0: all there are.", least=0, most=256)] = 0
    width: Annotated[int, Setting(help="Of the network.", least=32, most=2048)] = 192
    layers: Annotated[int, Setting(help="Of the network.", least=1, most=48)] = 4
    heads: Annotated[int, Setting(help="That look back, in each layer.", least=2, most=32)] = 4
    context: Annotated[int, Setting(help="Rows or tokens that it looks back.", least=64, most=8192)] = 1024
    batch: Annotated[int, Setting(help="Lines of context at each step.", least=1, most=256)] = 2
    rate: Annotated[float, Setting(help="The highest learning rate.", least=1e-6, most=0.1)] = 2e-3
    dropout: Annotated[float, Setting(help="In training.", least=0.0, most=0.9)] = 0.0
    bfloat16: Annotated[bool, Setting(help="Train in half the precision, where the processor is faster at it.")] = False
    pieces: Annotated[int, Setting(help="Composed under each sampling.", least=1, most=256)] = 20
    bars: Annotated[int, Setting(help="Of a piece.", least=2, most=512)] = 32
    prompt_bars: Annotated[int, Setting(help="Given of a continuation, which has --bars in all.", least=1, most=511)] = 8
    sampling: Annotated[
        tuple[str, ...],
        Setting(help="A way to draw, may be repeated: cool:temperature=0.9,top_p=0.95. Default: three.", metavar="NAME:KEY=VALUE,..."),
    ] = ()
    wav: Annotated[str, Setting(help="Which pieces are played: best (the sampling nearest to the real row), all, none.")] = "best"
    sheets: Annotated[int, Setting(help="Pieces of that sampling that get a page, besides continuations.", least=0, most=256)] = 3
    soundfont: Annotated[str, Setting(help="What plays, as in `hexachord perform`.", metavar="FILE|NAME")] = ""
    seed: Annotated[int, Setting(help="Of the split, the training and the drawing.", least=0)] = 0


RECIPE = Recipe(
    name="piano",
    title="Pop piano: train on a folder of MIDI from scratch, compose 32 bars under three samplings, continue prompts",
    dataset="any folder of MIDI; Pop1K7 (midi_analyzed, midi_synchronized, midi_transcribed) and POP909 by their layout",
    split="song by song with a seed; doubles by a hash of notes, near doubles by shared 8-grams; bad files listed",
    model="a causal transformer on compound words, REMI or MIDI-like tokens; 20 pieces of 32 bars under each of three samplings",
    metrics=("nats a note", "H1", "H4", "GS16", "SI short, mid, long", "muspy's", "copied runs"),
    submission="20 MIDI and WAV of one sampling; prompts of 8 bars continued by 24",
    options=PianoOptions,
    target="hexachord.journeys.recipes.piano_run:cook_piano",
    modules=("torch", "onnx", "safetensors"),
    extra="train",
)

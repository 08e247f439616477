"""Drums by a small network: dilated convolutions over log-mel frames say in every frame how likely each piece is struck, and how hard.

Learnt from rendered music, kits alone and in mixes, by ``training/drums.py``. Networks of this kind: Vogl, Widmer & Knees, "Towards
multi-instrument drum transcription", DAFx 2018; Zehren, Alunno & Bientinesi, "High-quality and reproducible automatic drum transcription
from crowdsourced data", Signals 4(4), 2023.
"""

import json
from pathlib import Path

from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT, DrumSpectrogram
from hexachord.audio_analysis.drums.picking import GROUPS, Picking, pick_strokes
from hexachord.dsp.frontend import FrontEnd
from hexachord.files import read_text
from hexachord.knowledge import Drums
from hexachord.models.networks import Network, open_network, run_network

ENGINE = "drums/network"
_BLOCK_FRAMES = 6000


def drums_from_network(frontend: FrontEnd, *, network: str | Path = "drums", picking: Picking | None = None) -> Drums:
    """Find the strokes where the network's chances peak.

    Parameters
    ----------
    frontend : of the recording
    network : the shipped one, or a path of another with its card beside it
    picking : thresholds; those of the card when not given

    Raises
    ------
    InputError : if there is no such network.
    """
    opened = open_network(network)
    spectrogram = DrumSpectrogram(frontend)
    heard = run_network(opened, spectrogram.read, spectrogram.frames, block_frames=_BLOCK_FRAMES)[opened.outputs[0]]
    pieces = len(KIT)
    return pick_strokes(
        heard[:, :pieces],
        127.0 * heard[:, pieces:],
        hop_s=DRUM_MEL.hop_s,
        duration_s=frontend.duration_s,
        picking=picking or picking_of(opened),
        engine=ENGINE,
    )


def picking_of(network: Network) -> Picking:
    """Read the thresholds of a network from the card beside it."""
    card = json.loads(read_text(network.path.with_suffix(".json"), what="the card of a network"))
    sure = card.get("sure", {})
    return Picking(
        threshold=tuple(float(card["thresholds"][name]) for name in GROUPS), sure=tuple(float(sure.get(name, 0.0)) for name in GROUPS)
    )

"""What happens in takes, counted: the means of music that a stream of training data must not lack.

Most are measured in the notes themselves; what notes do not show (that a part was thinned, or made for other players) is told by who
did it.
"""

from collections import Counter

import numpy as np

from hexachord.rendering.model import Take
from hexachord.synthesis.model import BEND, EXPRESSION

DEVICES: tuple[str, ...] = (
    "tune over groove", "lead sheet accompanied", "real harmony", "re-orchestrated", "thinned", "doubled", "odd metre", "compound metre",
    "metre change", "pick-up", "swing", "half-time", "fill", "break", "build", "intro without drums", "no drums", "rubato", "accelerando",
    "ritardando", "drift",
    "tempo step", "human timing", "on the grid", "pedal", "bends", "glides", "vibrato", "swells", "strum", "trill", "ghost notes", "choke",
    "sequence", "sung", "instrumental tune", "no tune", "fast (> 180)", "slow (< 60)",
)  # fmt: skip
"""What is counted, in the words of the table."""
_BREAK_S = 4.0


def devices_of(take: Take) -> frozenset[str]:
    """Return which devices a take has.

    Parameters
    ----------
    take : with or without drums, bars and tempo
    """
    told = set(take.notes.get("devices", "").split())
    found: set[str] = {
        name
        for name in ("re-orchestrated", "thinned", "doubled", "half-time", "fill", "build", "strum", "trill", "sequence")
        if name in told
    }
    if "drums" in take.roles and ("sung" in take.roles or "lead" in take.roles):
        found.add("tune over groove")
    corpora = {origin.partition("/")[0] for origin in take.origins}
    if "openewld" in corpora and len(take.tracks) > 1:
        found.add("lead sheet accompanied")
    if "billboard" in corpora:
        found.add("real harmony")
    found |= _of_time(take)
    found |= _of_drums(take)
    if take.pedal is not None:
        found.add("pedal")
    if any(BEND in track.controls for track in take.tracks):
        found.add("bends")
        found |= {kind for kind, word in (("glides", "glide"), ("vibrato", "vibrato")) if word in take.notes.get("singing", "").split()}
    if any(EXPRESSION in track.controls for track in take.tracks):
        found.add("swells")
    tune = {"sung": "sung", "lead": "instrumental tune", "solo": "instrumental tune"}
    found |= {tune[role] for role in take.roles if role in tune} or {"no tune"}
    return frozenset(found)


def _of_time(take: Take) -> set[str]:
    found: set[str] = set()
    if take.metres is not None:
        metres = set(take.metres.label)
        parts = [tuple(int(part) for part in name.split("/")) for name in metres]
        found |= {"odd metre"} if any(beats in (5, 7, 11) for beats, _ in parts) else set()
        found |= {"compound metre"} if any(kind >= 8 and beats in (6, 9, 12) for beats, kind in parts) else set()
        found |= {"metre change"} if len(metres) > 1 else set()
        beats = take.truth.beats
        if beats is not None and len(beats) and beats.position[0] > 1:
            found.add("pick-up")
    if take.swing > 0.55:
        found.add("swing")
    tempo = take.notes.get("tempo", "")
    found |= {{"step": "tempo step", "recorded": "drift", "written": "rubato"}.get(tempo, tempo)} & set(DEVICES)
    found.add("on the grid" if take.notes.get("human") == "0.0" else "human timing")
    if take.truth.tempo is not None:
        found |= {"fast (> 180)"} if take.truth.tempo.bpm > 180 else {"slow (< 60)"} if take.truth.tempo.bpm < 60 else set()
    return found


def _of_drums(take: Take) -> set[str]:
    if "drums" not in take.roles:
        return {"no drums"}
    found: set[str] = set()
    drums = [track for track, role in zip(take.tracks, take.roles, strict=True) if role == "drums"]
    strokes = sorted(stroke for track in drums for stroke in track.strokes)
    onset = np.array([stroke.onset_s for stroke in strokes])
    others = [track.strokes[0].onset_s for track, role in zip(take.tracks, take.roles, strict=True) if role != "drums"]
    if others and onset[0] > min(others) + _BREAK_S:
        found.add("intro without drums")
    if len(onset) > 1 and np.diff(onset).max() > _BREAK_S:
        found.add("break")
    found |= {"break"} if "stop" in take.notes.get("devices", "").split() else set()
    soft = sum(stroke.key in (38, 40) and stroke.velocity < 48 for stroke in strokes)
    found |= {"ghost notes"} if soft >= 4 else set()
    found |= (
        {"choke"} if any(stroke.key in (49, 57, 52, 55) and stroke.release_s - stroke.onset_s < 0.4 for stroke in strokes[:-2]) else set()
    )
    return found


def device_shares(takes: list[Take]) -> dict[str, float]:
    """Return the share of takes that have each device."""
    counts = Counter(name for take in takes for name in devices_of(take))
    return {name: counts[name] / max(1, len(takes)) for name in DEVICES}

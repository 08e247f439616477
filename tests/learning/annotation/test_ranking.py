"""The order `active` on sounds: once a few are labelled, it asks about those between the classes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.learning.annotation.project import labels_project
from hexachord.learning.annotation.ranking import ranking_by_sound
from hexachord.learning.annotation.store import Store

RATE_HZ = 22050


def test_it_asks_about_what_lies_between(tmp_path: Path) -> None:
    """Tones and noises, and mixtures of both: of those a model that has heard the ends is least sure."""
    pytest.importorskip("sklearn")
    folder = tmp_path / "music"
    folder.mkdir()
    random = np.random.default_rng(0)
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    for kind, share in (("noise", 1.0), ("tone", 0.0), ("between", 0.1)):
        for number in range(6):
            tone = np.sin(2 * np.pi * (300 + 40 * number) * t)
            sound = 0.2 * ((1 - share) * tone + share * random.normal(size=len(t)))
            soundfile.write(folder / f"{kind}{number}.wav", sound, RATE_HZ)
    (folder / "broken.wav").write_bytes(b"no sound at all")
    with Store(tmp_path / "s.sqlite", project=labels_project(["noise", "tone"], order="active", repeats=0), folder=folder) as store:
        rank = ranking_by_sound(store, tmp_path / "features", workers=0)
        first = list(rank())
        assert len(first) == 18  # the broken one has no place
        assert len({name[:3] for name in first[:3]}) > 1  # with nothing known, unlike ones
        ann = store.join("Ann", ranked=first).number
        kinds = {f"{kind}{number}.wav": kind for kind in ("noise", "tone") for number in range(4)}
        while (now := store.current(ann)) is not None and not set(kinds) <= {each.item for each in store.answers()}:
            if now.item.id in kinds:
                store.answer(ann, now.number, "label", kinds[now.item.id])
            else:
                store.postpone(ann, now.number)
        ranked = list(rank())
    assert not set(ranked) & set(kinds)
    assert sum(name.startswith("between") for name in ranked[:6]) >= 5

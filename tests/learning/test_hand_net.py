"""The network of hands, against what it should learn and against its file."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.learning.deep.export import export_plain  # noqa: E402
from hexachord.learning.deep.hands import HandNet, HandSize, hands_loss  # noqa: E402
from hexachord.models.networks import open_network  # noqa: E402
from hexachord.transcription.notation.hands import COLUMNS, hand_cues, right_hand_chances  # noqa: E402

SIZE = HandSize(columns=COLUMNS, width=16, layers=2, heads=2)


def two_hands(seed: int, chords: int = 24) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A tune over a bass, both somewhere: onset, offset, pitch and right hand."""
    random = np.random.default_rng(seed)
    onset = np.repeat(np.arange(chords) * 0.3, 2)
    pitch = np.stack([random.integers(40, 56, chords), random.integers(57, 80, chords)], axis=1).ravel().astype(float)
    return onset, onset + 0.25, pitch, np.tile([0.0, 1.0], chords)


def test_it_learns_the_hands_of_simple_music_and_its_file_says_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = HandNet(SIZE)
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for step in range(80):
        onset, offset, pitch, right = two_hands(step)
        cues = torch.from_numpy(hand_cues(onset, offset, pitch))[None]
        loss = hands_loss(net(cues), torch.from_numpy(right).float()[None, :, None], torch.ones(1, len(onset), 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    onset, offset, pitch, right = two_hands(1000)
    with torch.no_grad():
        said = torch.sigmoid(net(torch.from_numpy(hand_cues(onset, offset, pitch))[None]))[0, :, 0].numpy()
    assert np.mean((said > 0.5) == (right > 0.5)) >= 0.95
    place = tmp_path / "hands.onnx"
    assert export_plain(net, place, columns=COLUMNS, multiple=4, feature="cues", logits="right") < 1e-3
    assert right_hand_chances(onset, offset, pitch, network=open_network(place)) == pytest.approx(said, abs=1e-4)


def test_padding_changes_nothing() -> None:
    torch.manual_seed(1)
    net = HandNet(SIZE).eval()
    torch.nn.init.normal_(net.pair.weight)
    onset, offset, pitch, _ = two_hands(3)
    cues = torch.from_numpy(hand_cues(onset, offset, pitch))[None]
    padded = torch.cat([cues, torch.zeros(1, 10, COLUMNS)], dim=1)
    with torch.no_grad():
        assert torch.allclose(net(padded)[:, : cues.shape[1]], net(cues), atol=1e-5)


def test_transposed_and_later_notes_are_the_same_pairs() -> None:
    net = HandNet(SIZE)
    onset, offset, pitch = (torch.from_numpy(column)[None] for column in two_hands(5)[:3])
    assert torch.equal(net._pairs(onset, offset, pitch), net._pairs(onset, offset, pitch + 7))
    assert torch.equal(net._pairs(onset, offset, pitch), net._pairs(onset + 8.0, offset + 8.0, pitch))

"""The network that hears notes: transposing what it sees transposes what it says, it looks no further than it says, and it can learn."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.learning.deep.notes import HEADS, NoteNet, NoteSize  # noqa: E402

SIZE = NoteSize(dilations=((1, 1), (2, 12)), width=8)


def shown(pitch: int, frames: int = 40) -> np.ndarray:
    """A tone with four partials on a key, from the tenth frame on."""
    levels = np.zeros((1, frames, SIZE.views, SIZE.bins), dtype=np.float32)
    for partial in (1, 2, 3, 4):
        levels[:, 10:, :, 3 * pitch + round(36 * np.log2(partial))] = 1.0
    return levels.reshape(1, frames, -1)


def test_a_semitone_higher_is_a_semitone_higher() -> None:
    torch.manual_seed(0)
    net = NoteNet(SIZE).eval()
    with torch.no_grad():
        low, high = (net(torch.from_numpy(shown(pitch)))[0, 20].numpy().reshape(len(HEADS), -1) for pitch in (30, 31))
    assert low.shape == (len(HEADS), SIZE.pitches)
    for head in range(len(HEADS)):
        assert np.abs(high[head, 21:50] - low[head, 20:49]).max() < 0.05 * np.ptp(low[head, 20:49])
    assert np.abs(high - low).max() > 1e-3


def test_it_looks_no_further_than_it_says() -> None:
    torch.manual_seed(0)
    net = NoteNet(SIZE).eval()
    one = shown(40, frames=60)
    other = one.copy()
    other[:, 30 + SIZE.reach + 1 :] = 0.5
    with torch.no_grad():
        here, there = (net(torch.from_numpy(each))[0].numpy() for each in (one, other))
    assert np.abs(here[30] - there[30]).max() < 1e-5
    assert np.abs(here[31:] - there[31:]).max() > 1e-4


def test_it_learns_where_a_note_begins() -> None:
    torch.manual_seed(0)
    net = NoteNet(SIZE)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    keys = [20, 31, 47, 60]
    inputs = torch.from_numpy(np.concatenate([shown(key, frames=20) for key in keys]))
    target = torch.zeros(len(keys), 20, SIZE.pitches)
    for row, key in enumerate(keys):
        target[row, 10, key] = 1.0
    for _ in range(60):
        optimizer.zero_grad()
        onset = net(inputs)[..., : SIZE.pitches]
        torch.nn.functional.binary_cross_entropy_with_logits(onset, target).backward()
        optimizer.step()
    said = net.eval()(torch.from_numpy(shown(38, frames=20)))[0, :, : SIZE.pitches]  # one that it never saw
    assert divmod(int(said.argmax()), SIZE.pitches) == (10, 38)

"""The network that follows melodies: transposing what it sees transposes what it says, and it can learn which of two lines is the tune."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.learning.deep.melody import MelodyNet, MelodySize  # noqa: E402

SIZE = MelodySize(dilations=((1, 1), (2, 12)), width=8, memory=1)


def shown(pitch: int, frames: int = 40) -> np.ndarray:
    """A tone with four partials at a bin."""
    levels = np.zeros((1, frames, 2, SIZE.bins), dtype=np.float32)
    for partial in (1, 2, 3, 4):
        levels[..., pitch + round(36 * np.log2(partial))] = 1.0
    return levels.reshape(1, frames, -1)


def test_a_semitone_higher_is_a_semitone_higher() -> None:
    torch.manual_seed(0)
    net = MelodyNet(SIZE).eval()
    with torch.no_grad():
        low, high = (net(torch.from_numpy(shown(pitch)))[0, 20].numpy() for pitch in (72, 75))
    assert low.shape == (SIZE.pitches + 1,)
    # away from the ends of the axis; what is said of the whole moment knows the ends
    assert np.abs(high[63:120] - low[60:117]).max() < 0.05 * np.ptp(low[60:117])
    assert np.abs(high[:-1] - low[:-1]).max() > 1e-3


def test_it_looks_no_further_than_it_says() -> None:
    torch.manual_seed(0)
    net = MelodyNet(SIZE).eval()
    torch.nn.init.normal_(net.context.tell.weight)  # or what it knows of the seconds around would not count
    one = shown(72, frames=60)
    other = one.copy()
    other[:, 30 + SIZE.reach + 1 :] = 0.5
    with torch.no_grad():
        here, there = (net(torch.from_numpy(each))[0].numpy() for each in (one, other))
    assert np.abs(here[30] - there[30]).max() < 1e-5
    assert np.abs(here[31:] - there[31:]).max() > 1e-4


def test_it_learns_to_name_a_pitch() -> None:
    torch.manual_seed(0)
    net = MelodyNet(SIZE)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    places = [40, 60, 81, 99]
    inputs = torch.from_numpy(np.concatenate([shown(place, frames=8) for place in places]))
    for _ in range(60):
        optimizer.zero_grad()
        out = net(inputs)
        loss = torch.nn.functional.cross_entropy(out.flatten(0, 1), torch.tensor(places).repeat_interleave(8))
        loss.backward()
        optimizer.step()
    said = net.eval()(torch.from_numpy(shown(70, frames=8)))[0, 4]  # one that it never saw
    assert int(said.argmax()) == 70

import json

import numpy as np
import pytest

from hexachord.audio import Audio, load_audio, save_audio
from hexachord.cli.app import main
from hexachord.dsp.loudness import measure_loudness
from hexachord.errors import InputError
from hexachord.processing.effects.chain import chain_from_json
from hexachord.processing.effects.effect import run_blocks
from hexachord.processing.effects.files import treat_file
from hexachord.processing.effects.presets import PRESETS, preset_named
from hexachord.processing.effects.random_chains import random_chain

RATE_HZ = 22050
ROLES = ("drums", "bass", "chords", "pad", "lead", "sung", "counter", "piano", "solo", "guitar", "organ", "mix", "medium")


def music(duration_s: float = 4.0) -> np.ndarray:
    """Chords that are struck twice a second, at about -16 LUFS."""
    random = np.random.default_rng(0)
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    chords = sum(np.sin(2 * np.pi * hz * time_s + random.uniform(0, 6)) / k for k, hz in enumerate((110, 220, 277, 330, 660, 1320), 1))
    struck = np.exp(-5 * (time_s % 0.5)) * chords
    sound = np.stack([struck, np.roll(struck, 30)]) + 0.05 * random.standard_normal((2, time_s.size)) * np.exp(-20 * (time_s % 0.25))
    level = measure_loudness(sound, rate_hz=RATE_HZ).integrated_lufs
    return np.asarray(sound * 10 ** ((-16 - level) / 20), dtype=np.float32)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_run_and_are_about_as_loud_as_before(name: str) -> None:
    sound = music()
    out = PRESETS[name](sound, RATE_HZ)
    assert out.shape == sound.shape
    assert np.isfinite(out).all()
    assert measure_loudness(out, rate_hz=RATE_HZ).integrated_lufs == pytest.approx(-16, abs=12)
    assert PRESETS[name](sound[0], RATE_HZ).shape == sound[0].shape


@pytest.mark.parametrize("name", [name for name, chain in PRESETS.items() if chain.streams])
def test_presets_in_blocks(name: str) -> None:
    sound = music(1.0)
    whole = PRESETS[name](sound, RATE_HZ)
    pieces = list(run_blocks(PRESETS[name].processor(RATE_HZ, 2), np.split(sound, [7, 4000, 4001, 15000], axis=1)))
    joined = np.concatenate(pieces, axis=1)
    assert joined.shape == whole.shape
    assert np.abs(joined - whole).max() <= 1e-5  # rounding, driven by 40 dB and more in some


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("taste", ["clean", "usual", "rough"])
def test_random_chains_are_seeded_plausible_and_labels(role: str, taste: str) -> None:
    sound = music(1.0)
    for seed in range(4):
        chain = random_chain(np.random.default_rng(seed), role=role, taste=taste)  # type: ignore[arg-type]
        assert chain == random_chain(np.random.default_rng(seed), role=role, taste=taste)  # type: ignore[arg-type]
        assert chain_from_json(json.loads(json.dumps(chain.to_json()))) == chain
        out = chain(sound, RATE_HZ)
        assert out.shape == sound.shape
        assert np.isfinite(out).all()
        change_db = 20 * np.log10(np.std(out) / np.std(sound))
        assert -20 < change_db < 16, chain


def test_chains_differ() -> None:
    rng = np.random.default_rng(0)
    assert len({str(random_chain(rng, role="mix").to_json()) for _ in range(50)}) > 45


def test_no_such_role() -> None:
    with pytest.raises(ValueError, match="bagpipe"):
        random_chain(np.random.default_rng(0), role="bagpipe")  # type: ignore[arg-type]


@pytest.mark.parametrize("chain", PRESETS.values(), ids=PRESETS)
def test_presets_survive_json(chain: object) -> None:
    assert chain_from_json(json.loads(json.dumps(chain.to_json()))) == chain  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ([], "chain"),
        ({"steps": [{"effect": "reverberator"}]}, "reverberator"),
        ({"steps": [{"effect": "gain", "gain": 3}]}, "'gain'"),
        ({"steps": [{"effect": "saturate", "shape": "sharp"}]}, "sharp"),
        ({"steps": [{"effect": "parametric_eq", "bands": [{"hz": 3}]}]}, "band"),
        ({"steps": [{"effect": "gain", "gain_db": "loud"}]}, "value"),
    ],
)
def test_what_is_no_chain_is_named(document: object, word: str) -> None:
    with pytest.raises(InputError, match=word):
        chain_from_json(document)


def test_no_such_preset() -> None:
    with pytest.raises(InputError, match="telephone"):
        preset_named("telefone")


@pytest.mark.parametrize("name", ["vinyl", "low-bitrate"])
def test_a_file_is_treated_as_its_samples_are(tmp_path: object, name: str) -> None:
    folder = tmp_path
    save_audio(Audio(samples=music(), rate_hz=RATE_HZ), folder / "in.wav", subtype="FLOAT")  # type: ignore[operator]
    made = treat_file(folder / "in.wav", folder / "out.wav", PRESETS[name], tail_s=0.5)  # type: ignore[operator]
    out = load_audio(made.path).samples
    assert out.shape[1] == 4.5 * RATE_HZ
    whole = PRESETS[name](np.pad(music(), ((0, 0), (0, RATE_HZ // 2))), RATE_HZ)
    assert np.abs(out - np.clip(whole, -1, 1)).max() < 1e-4


def test_the_command(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    song, out, own = tmp_path / "in.wav", tmp_path / "out.flac", tmp_path / "own.json"  # type: ignore[operator]
    save_audio(Audio(samples=music(1.0), rate_hz=RATE_HZ), song)
    assert main(["transform", "fx", "--list"]) == 0
    assert "lo-fi-tape" in capsys.readouterr().out
    assert main(["transform", "fx", str(song), "--preset", "telephone", "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["chain"]["name"] == "telephone"
    assert load_audio(out).frames == RATE_HZ
    own.write_text(json.dumps(PRESETS["chorus"].to_json()))
    assert main(["transform", "fx", str(song), "--chain", str(own), "-o", str(out)]) == 0
    assert main(["transform", "fx", str(song), "--preset", "telefone"]) == 2
    assert main(["transform", "fx", str(song)]) == 2
    assert main(["transform", "fx"]) == 2

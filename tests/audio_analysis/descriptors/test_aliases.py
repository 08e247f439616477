"""Other tools' names: every one leads somewhere, and results can be written under them."""

import json

import numpy as np
import pytest
from known_signals import described

from hexachord.audio_analysis.descriptors import ALIASES, CATALOGUE, as_tool, describe_frames, nested
from hexachord.audio_analysis.descriptors.aliases import EQUAL
from hexachord.errors import InputError


def test_every_alias_leads_to_the_catalogue() -> None:
    for tool, names in ALIASES.items():
        for theirs, ours in names.items():
            assert ours in CATALOGUE, f"{tool}: {theirs} → {ours}"
    for tool, equal in EQUAL.items():
        assert equal <= set(ALIASES[tool])


def test_the_course_names_are_all_there() -> None:
    """MIRtoolbox's mirfeatures, pyACA's nineteen, librosa's seventeen."""
    assert len(ALIASES["pyaca"]) == 19
    librosa = "chroma_stft chroma_cqt chroma_cens melspectrogram mfcc rms spectral_centroid spectral_bandwidth spectral_contrast"
    librosa += " spectral_flatness spectral_rolloff poly_features tonnetz zero_crossing_rate tempogram fourier_tempogram tempogram_ratio"
    assert set(librosa.split()) <= set(ALIASES["librosa"])
    mirtoolbox = "rms tempo attack.time attack.slope centroid brightness spread skewness kurtosis rolloff95 rolloff85 spectentropy"
    mirtoolbox += (
        " flatness roughness irregularity zerocross lowenergy spectralflux chromagram.peak chromagram.centroid keyclarity mode hcdf"
    )
    for word in mirtoolbox.split():
        assert any(name.endswith(word) for name in ALIASES["mirtoolbox"]), word


def test_essentia_names() -> None:
    found = described("tone")
    flat = as_tool(found, "essentia")
    centroid = found.column("spectral/centroid_hz").astype(float)
    assert flat["lowlevel.spectral_centroid.mean"] == pytest.approx(centroid.mean())
    assert flat["lowlevel.spectral_centroid.var"] == pytest.approx(centroid.var())
    assert flat["lowlevel.spectral_centroid.dmean"] == pytest.approx(np.abs(np.diff(centroid)).mean())
    assert len(flat["lowlevel.mfcc.mean"]) == 20  # type: ignore[arg-type]
    assert flat["rhythm.bpm"] == found.song["rhythm/tempo_bpm"]
    tree = json.loads(json.dumps(nested(flat)))
    assert tree["lowlevel"]["mfcc"]["mean"] == flat["lowlevel.mfcc.mean"]
    assert tree["tonal"]["tuning_frequency"] == found.song["tonal/tuning_hz"]


@pytest.mark.parametrize("tool", ["librosa", "mirtoolbox", "pyaca"])
def test_other_tools(tool: str) -> None:
    flat = as_tool(described("tone"), tool)
    assert {name.removesuffix(".mean").removesuffix(".Mean") for name in flat} >= {
        theirs for theirs, ours in ALIASES[tool].items() if not CATALOGUE[ours].song
    }
    nested(flat)


def test_what_was_left_out_is_absent() -> None:
    flat = as_tool(describe_frames(np.zeros(5000, dtype=np.float32), families=["dynamics"]), "essentia")
    assert "lowlevel.hfc.mean" not in flat
    assert "lowlevel.dynamic_complexity" in flat


def test_bad_names_are_explained() -> None:
    with pytest.raises(InputError, match="one of librosa"):
        as_tool(described("tone"), "marsyas")
    with pytest.raises(ValueError, match="below a number"):
        nested({"a": 1.0, "a.b": 2.0})

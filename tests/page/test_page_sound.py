import base64

import numpy as np
import pytest
import soundfile
from page_reading import content_of

from hexachord.page.data import page_content
from hexachord.page.rates import Rate, plan_sound
from hexachord.page.sound import sound_of
from hexachord.page.tracks import LEAD_IN_FRAMES, Outline, compressed

_RATES = (
    Rate(kbps=160, rate_hz=44100, mono=False),
    Rate(kbps=96, rate_hz=44100, mono=False),
    Rate(kbps=64, rate_hz=44100, mono=True),
    Rate(kbps=40, rate_hz=32000, mono=True),
)


def _lag(reference: np.ndarray, signal: np.ndarray, most: int = 4000) -> int:
    """By how many samples a signal is late."""
    size = 1 << int(np.ceil(np.log2(len(reference) + len(signal))))
    cross = np.fft.irfft(np.fft.rfft(signal, size) * np.conj(np.fft.rfft(reference, size)), size)
    lags = np.r_[0 : most + 1, -most:0]
    return int(lags[np.argmax(cross[lags])])


@pytest.mark.parametrize("rate", _RATES, ids=lambda rate: f"{rate.kbps}")
def test_compressed_sound_is_on_time(rate, heard):
    with heard.song.locked():
        path, peaks = compressed(heard.song, heard.song.source, name=f"test-{rate.kbps}", rate=rate)
    decoded, rate_hz = soundfile.read(path, always_2d=True)
    original, original_hz = soundfile.read(heard.song.source, always_2d=True)
    assert rate_hz == rate.rate_hz
    assert decoded.shape[1] == (1 if rate.mono else 2)
    assert len(decoded) / rate_hz == pytest.approx(len(original) / original_hz, abs=2e-3)
    if rate_hz == original_hz:
        assert abs(_lag(original.mean(axis=1), decoded.mean(axis=1))) <= 2
    assert path.stat().st_size == pytest.approx(rate.kbps * 125 * len(original) / original_hz, rel=0.02)
    pairs = np.frombuffer(base64.b64decode(peaks["values"]), np.int8).reshape(-1, 2)
    assert len(pairs) == np.ceil(len(original) / original_hz * peaks["per_s"])
    # the gapless tag is in the first frame: without it a browser would not drop the lead-in
    assert b"LAME" in path.read_bytes()[:300] or b"Lavc" in path.read_bytes()[:300] or b"Info" in path.read_bytes()[:300]


def test_outline_is_that_of_the_samples_in_any_blocks():
    rng = np.random.default_rng(1)
    signal = rng.uniform(-1, 1, 44100 + 123).astype(np.float32)
    outlines = []
    for size in (441, 1000, 44100):
        outline = Outline(rate_hz=44100, per_s=100)
        for at in range(0, len(signal), size):
            outline.add(signal[at : at + size])
        outlines.append(outline.peaks()["values"])
    assert len(set(outlines)) == 1
    pairs = np.frombuffer(base64.b64decode(outlines[0]), np.int8).reshape(-1, 2)
    assert len(pairs) == 101
    for row, pair in enumerate(pairs):
        part = signal[441 * row : 441 * (row + 1)]
        assert pair[0] == round(float(part.min()) * 127)
        assert pair[1] == round(float(part.max()) * 127)


def test_stems_and_mix_play_from_the_page(heard):
    with heard.song.locked():
        content = page_content(heard.song, heard.knowledge)
    blobs = {blob.element: blob for blob in content.box.blobs}
    tracks = [content.data["mix"], *content.data["stems"]]
    assert [track["id"] for track in tracks] == ["mix", "stem-vocals", "stem-drums", "stem-bass", "stem-other"]
    decoded = {}
    for track in tracks:
        blob = blobs[track["element"]]
        assert blob.size == track["bytes"] == len(content_of(blob))
        decoded[track["id"]], _ = soundfile.read(blob.content, always_2d=True)
        assert track["lead_in_s"] == pytest.approx(LEAD_IN_FRAMES / 44100, abs=1e-5)
    total = sum(decoded[track["id"]] for track in content.data["stems"])
    mix = decoded["mix"]
    assert np.sqrt(np.mean((total - mix) ** 2)) < 0.15 * np.sqrt(np.mean(mix**2))  # the clicks are noise, which a codec keeps only by ear


def test_a_source_that_is_gone_is_still_in_the_cache(heard, tmp_path):
    with heard.song.locked():
        page_content(heard.song, heard.knowledge)
        hidden = heard.song.source.rename(tmp_path / "hidden.flac")
        try:
            content = page_content(heard.song, heard.knowledge)
        finally:
            hidden.rename(heard.song.source)
    assert content.data["mix"] is not None
    assert content.data["spectrogram"] is not None


def test_a_broken_stem_costs_only_itself(heard):
    path = heard.song.folder / "stems/bass.flac"
    kept = path.read_bytes()
    with heard.song.locked():
        path.write_bytes(b"no sound")
        try:
            content = page_content(heard.song, heard.knowledge)
        finally:
            path.write_bytes(kept)
    assert [track["name"] for track in content.data["stems"]] == ["Vocals", "Drums", "Other"]
    assert any(row["what"] == "bass" for row in content.data["skipped"])


def test_rates_keep_a_page_small():
    for minutes in (0.1, 1, 4, 5, 8, 12, 20, 60, 120, 180, 600):
        for stems in (0, 4, 8):
            plan = plan_sound(60.0 * minutes, stems=stems)
            tracks = ([plan.mix] if plan.mix else []) + ([plan.stems] * stems if plan.stems else [])
            total = sum(rate.page_bytes(60.0 * minutes) for rate in tracks)
            assert total <= (28 << 20 if minutes <= 4 else 52 << 20)
            assert (plan.why == "") == (plan.mix is not None and (plan.stems is not None or stems == 0))
            # below these the encoder leaves no room for its gapless tag
            assert all(rate.kbps >= (56 if rate.rate_hz == 44100 else 40) and rate.rate_hz in (32000, 44100) for rate in tracks)
    assert plan_sound(240.0, stems=4).stems == Rate(kbps=96, rate_hz=44100, mono=False)
    assert plan_sound(7200.0, stems=4).mix is not None
    assert plan_sound(36000.0, stems=4).mix is None


def test_a_performed_score_plays(tmp_path):
    from hexachord.journeys.analyse import analyse
    from hexachord.score.builtin import builtin_score
    from hexachord.score.formats import save_score

    save_score(builtin_score("scale"), tmp_path / "scale.musicxml")
    analysis = analyse(tmp_path / "scale.musicxml", out=tmp_path / "song", page=False, pdf=False, soundfont="plain")
    with analysis.song.locked():
        data = page_content(analysis.song, analysis.knowledge).data
    assert data["kind"] == "score"
    assert data["mix"]["file"] == "performance.flac"
    assert data["mix"]["engine"].startswith("perform/")
    assert data["duration_s"] >= analysis.knowledge.duration_s
    assert any(fact["id"] == "soundfont" for fact in data["facts"])
    assert data["spectrogram"] is not None
    assert not [row for row in data["skipped"] if row["what"] == "sound"]


def test_a_silent_score_says_why(read):
    sound = sound_of(read.song, duration_s=10.0, came_as_score=True, why_silent="too long")
    assert sound.voices == ()
    assert sound.skipped == {"sound": "too long"}

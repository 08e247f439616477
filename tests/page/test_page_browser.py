"""What a real browser makes of the sound in a page; skips where there is no Chromium."""

import base64
import http.server
import json
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.page.rates import plan_sound
from hexachord.page.tracks import LEAD_IN_FRAMES, compressed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = ("quic", "sync", "component-update", "background-networking", "gpu")
_FLAGS = ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in _QUIET)]
_SCRIPT = """<script>
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
(async () => {
  const song = await (await fetch("/song.json")).json();
  const original = new Float32Array(bytes(song.original));
  const found = [];
  for (const track of song.tracks) {
    const sound = await new OfflineAudioContext(1, 44100, 44100).decodeAudioData(bytes(track));
    const signal = sound.getChannelData(0);
    let best = -Infinity, lag = 0;
    for (let at = -1500; at <= 1500; at++) {
      let sum = 0;
      for (let i = 88200; i < 110250; i++) sum += original[i] * (signal[i + at] || 0);
      if (sum > best) { best = sum; lag = at; }
    }
    found.push({ lag, frames: sound.length });
  }
  await fetch("/found", { method: "POST", body: JSON.stringify(found) });
})().catch(error => fetch("/found", { method: "POST", body: JSON.stringify(String(error)) }));
</script>"""


def _ask_browser(song: dict, profile: Path) -> list[dict[str, int]]:
    """Let Chromium decode the tracks and say how late each is."""
    answered, answers = threading.Event(), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(song).encode() if self.path == "/song.json" else _SCRIPT.encode() if self.path == "/" else b""
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            answers.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()
            answered.set()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{server.server_port}/"]
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert answered.wait(90), "the browser did not answer"
    finally:
        browser.terminate()
        browser.wait(20)
        server.shutdown()
    return answers[0]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_plays_every_rate_on_time(heard, tmp_path):
    plans = [plan_sound(seconds, stems=4) for seconds in (60, 400, 650, 1200, 3000, 7200)]
    rates = list(dict.fromkeys(rate for plan in plans for rate in (plan.mix, plan.stems) if rate))
    assert {rate.rate_hz for rate in rates} == {32000, 44100}
    with heard.song.locked():
        paths = [compressed(heard.song, heard.song.source, name=f"browser-{row}", rate=rate)[0] for row, rate in enumerate(rates)]
    original, _ = soundfile.read(heard.song.source, always_2d=True)
    sound = original[:, 0].astype("<f4")
    tracks = [base64.b64encode(path.read_bytes()).decode() for path in paths]
    found = _ask_browser({"original": base64.b64encode(sound.tobytes()).decode(), "tracks": tracks}, tmp_path)
    assert len(found) == len(rates)
    for rate, answer in zip(rates, found, strict=True):
        assert abs(answer["lag"]) <= 44, (rate, answer)  # one millisecond
        assert abs(answer["frames"] - len(sound)) < LEAD_IN_FRAMES / 2, (rate, answer)


@pytest.mark.slow
def test_four_minutes_with_stems_are_less_than_30_mb(tmp_path, template):
    from hexachord.journeys.analyse import analyse
    from hexachord.page.build import make_page

    rng = np.random.default_rng(0)
    rate_hz, seconds = 44100, 240
    t = np.arange(rate_hz * seconds) / rate_hz
    beat = np.exp(-(t % 0.5) * 30)[:, None]
    sound = 0.3 * beat * rng.normal(size=(len(t), 2)) + 0.02 * rng.normal(size=(len(t), 2))
    for pitch in (48, 60, 64, 67, 72):
        sound += 0.08 * np.sin(2 * np.pi * 440 * 2 ** ((pitch + t // 2 % 5 - 69) / 12) * t)[:, None]
    soundfile.write(tmp_path / "long.flac", np.clip(sound, -1, 1), rate_hz)
    analysis = analyse(tmp_path / "long.flac", out=tmp_path / "song", page=False)
    with analysis.song.locked():
        page = make_page(analysis.song, analysis.knowledge, template=template)
    assert 24e6 < page.stat().st_size < 30e6

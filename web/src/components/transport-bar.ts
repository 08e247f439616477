/** The player bar at the foot of the window: play, position, loop, speed, volume. */

import type { Cues } from "../audio/cues";
import type { App } from "../core/app";
import { h, icon } from "../core/dom";
import { clock, spokenTime } from "../core/format";
import { CLICK, LOOP, PAUSE, PLAY, SOUND, TONES } from "./icons";

const RATES = [0.5, 0.75, 0.9, 1, 1.25];

export function transportBar(app: App, loopHere: () => void): HTMLElement {
  const { transport, song } = app;
  const play = h("button", { type: "button", class: "play", id: "play" });
  transport.playing.watch((playing) => {
    play.replaceChildren(icon(playing ? PAUSE : PLAY, { filled: true }));
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
  });
  play.addEventListener("click", () => transport.toggle());

  const loop = h("button", { type: "button", class: "bar-button", id: "loop", "aria-pressed": "false" }, icon(LOOP), h("span", { class: "loop-text" }));
  const showLoop = () => {
    const stretch = transport.loop.value;
    loop.setAttribute("aria-pressed", String(transport.looping.value));
    loop.setAttribute("aria-label", stretch ? `Loop ${clock(stretch.start)}–${clock(stretch.end)}` : "Loop the passage here");
    loop.querySelector(".loop-text")!.textContent = stretch ? `${clock(stretch.start)}–${clock(stretch.end)}` : "Loop";
  };
  transport.loop.watch(showLoop);
  transport.looping.on(showLoop);
  loop.addEventListener("click", loopHere);

  const click = app.clicks && cueButton(app, app.clicks, { id: "click", text: "Click", icon: CLICK, label: "Click on every beat", title: "A click on every beat, higher on the first of a bar (C)", said: ["Clicks on every beat", "No clicks"] });
  const tones = app.tones && cueButton(app, app.tones, { id: "tones", text: "Chords", icon: TONES, label: "Sound the chords", title: "The chords as Shepard tones: pitch classes without octaves (H)", said: ["Chords sound along", "No chords"] });

  const rate = h("select", { id: "rate", "aria-label": "Speed" }, ...RATES.map((r) => h("option", { value: r, selected: r === 1 }, `${r}×`)));
  rate.addEventListener("change", () => transport.setRate(Number(rate.value)));
  transport.rate.on((r) => (rate.value = String(r)));
  transport.kind.watch((kind) => {
    rate.disabled = kind === "stems";
    rate.title = kind === "stems" ? "At its own speed while the stems play; “Back to the mix” brings the choice back" : "Speed, at the same pitch";
  });

  const volume = h("input", { type: "range", id: "volume", min: 0, max: 1, step: 0.01, value: 1, "aria-label": "Volume" });
  volume.addEventListener("input", () => transport.setVolume(Number(volume.value)));
  transport.volume.watch((v) => {
    volume.value = String(v);
    volume.style.setProperty("--at", String(v));
    volume.setAttribute("aria-valuetext", `${Math.round(v * 100)} percent`);
  });

  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  transport.trouble.on((text) => {
    trouble.hidden = !text;
    trouble.textContent = text ?? "";
  });
  if (transport.kind.value === "silent") {
    trouble.hidden = false;
    trouble.textContent = silence(app);
  }

  return h(
    "div",
    { class: "transport", role: "region", "aria-label": "Player" },
    trouble,
    h("div", { class: "transport-row" },
      play,
      readout(app),
      position(app),
      h("span", { class: "total", "aria-hidden": "true" }, clock(song.duration_s)),
      loop,
      click,
      tones,
      rate,
      h("label", { class: "volume" }, icon(SOUND), volume)),
  );
}

interface CueWords { id: string; text: string; icon: string; label: string; title: string; said: [string, string] }

/** A switch for sounds of our own, beside the song's. */
function cueButton({ announcer }: App, cues: Cues, words: CueWords): HTMLElement {
  const button = h("button", { type: "button", class: "bar-button", id: words.id, "aria-label": words.label, title: words.title }, icon(words.icon), h("span", { class: "click-text" }, words.text));
  cues.on.watch((on) => button.setAttribute("aria-pressed", String(on)));
  cues.on.on((on) => announcer.say(words.said[on ? 0 : 1]));
  button.addEventListener("click", () => cues.on.set(!cues.on.value));
  return button;
}

function silence(app: App): string {
  const why = app.song.skipped.find(({ what }) => /sound|audio|mix/i.test(what))?.why;
  return `This page has no sound${why ? `: ${why}` : "; score and lanes still move with a silent clock."}`;
}

function readout(app: App): HTMLElement {
  const { transport, bars } = app;
  const time = h("span", { class: "time" }, "0:00.0");
  const place = h("span", { class: "place" });
  let shown = "";
  const show = (t: number) => {
    const text = clock(t, 1);
    if (text === shown) return;
    shown = text;
    time.textContent = text;
    const here = bars?.at(t);
    place.textContent = here ? `bar ${here.bar} · beat ${here.beat}` : bars ? "before the first beat" : "";
  };
  transport.position.watch(show);
  app.rhythm?.reading.on(() => {
    shown = "";
    show(transport.position.value);
  });
  return h("div", { class: "where", "aria-hidden": "true" }, time, bars ? place : null);
}

function position(app: App): HTMLElement {
  const { transport, song, bars } = app;
  const slider = h("input", { type: "range", id: "position", min: 0, max: song.duration_s, step: 0.01, value: 0, "aria-label": "Position" });
  slider.addEventListener("input", () => transport.seek(Number(slider.value)));
  let spoken = "";
  const show = (t: number) => {
    slider.value = String(t);
    slider.style.setProperty("--at", (t / song.duration_s).toFixed(5));
    const here = bars?.at(t);
    const words = `${spokenTime(t)}${here ? `, bar ${here.bar}, beat ${transport.playing.value ? 1 : here.beat}` : ""}`;
    if (words === spoken) return; // while playing it speaks by the bar, not by the beat
    spoken = words;
    slider.setAttribute("aria-valuetext", `${spokenTime(t)} of ${spokenTime(song.duration_s)}${here ? `, bar ${here.bar}, beat ${here.beat}` : ""}`);
  };
  transport.position.watch(show);
  app.rhythm?.reading.on(() => show(transport.position.value));
  return slider;
}

/** The song page: reads its data, wires the parts, shows them. */

import "./styles/index.css";
import { Clicks } from "./audio/clicks";
import { Desk } from "./audio/desk";
import { ElementPlayer } from "./audio/element-player";
import { Hearing } from "./audio/hearing";
import { NoteTones } from "./audio/note-tones";
import { ShepardChords } from "./audio/shepard";
import { SilentPlayer } from "./audio/silent-player";
import { Transport } from "./audio/transport";
import { colophon } from "./components/colophon";
import { downloads } from "./components/downloads";
import { form } from "./components/form";
import { harmony } from "./components/harmony";
import { keyboard, type Keyboard } from "./components/keyboard";
import { facts, masthead, topBar } from "./components/masthead";
import { mixer } from "./components/mixer";
import { numbers } from "./components/numbers";
import { overview } from "./components/overview";
import { rhythm } from "./components/rhythm";
import { scores } from "./components/score";
import { sentences } from "./components/sentences";
import { timeline } from "./components/timeline";
import { transportBar } from "./components/transport-bar";
import { written } from "./components/written";
import type { App } from "./core/app";
import { BarClock } from "./core/bars";
import { Rhythm } from "./core/rhythm";
import { embedded, holds, loadSong } from "./core/data";
import { h } from "./core/dom";
import { spanAt } from "./core/search";
import { Signal } from "./core/signal";
import { TimeView } from "./core/timeview";
import type { Sentence, SongData } from "./song";
import { Announcer } from "./view/announcer";
import { ThemeSwitch } from "./view/theme";

const FIRST_VIEW_S = 24; // at first the timeline shows this much on a wide screen

function build(song: SongData): App {
  const { mix } = song;
  const element = mix && holds(mix.element) ? new ElementPlayer(new Blob([embedded(mix.element)], { type: mix.mime }), mix, song.duration_s) : null;
  const transport = new Transport(element ?? new SilentPlayer(song.duration_s), song.duration_s);
  const stems = song.stems.filter((stem) => holds(stem.element));
  const view = new TimeView(song.duration_s);
  const first_s = FIRST_VIEW_S * Math.min(1, Math.max(0.4, innerWidth / 1440));
  if (song.duration_s > first_s * 1.4) view.set(0, first_s);
  const threshold = new Signal(0);
  const played = song.kind === "audio" && song.notes?.pitch.length ? new NoteTones(song.notes, transport) : null; // a score is what plays
  threshold.on((least) => played?.choose(least));
  const bars = song.beats?.time_s.length ? new BarClock(song.beats) : null;
  return {
    song: { ...song, stems },
    bars,
    rhythm: bars && new Rhythm(song, bars),
    clicks: bars && new Clicks(bars, transport),
    tones: song.chords && song.chord_tones?.classes.some((each) => each.length) ? new ShepardChords(song.chords, song.chord_tones, transport) : null,
    hearing: played && new Hearing(transport, played),
    threshold,
    surer: (notes) => notes.confidence.reduce<number>((count, sure) => count + Number((sure ?? 1) >= threshold.value), 0),
    transport,
    refine: () => element?.refine() ?? Promise.resolve(),
    desk: new Desk(stems, transport, element),
    view,
    theme: new ThemeSwitch(),
    announcer: new Announcer(),
    evidence: new Signal<Sentence | null>(null),
  };
}

/** Loop the chosen stretch, or the section or four bars where the playhead stands; again to end it. */
function loopHere({ transport, song, bars }: App): void {
  if (transport.looping.value) return transport.setLooping(false);
  if (transport.loop.value) return transport.setLooping(true);
  const now = transport.now();
  const i = song.sections ? spanAt(song.sections, now) : -1;
  if (song.sections && i >= 0) transport.setLoop({ start: song.sections.start_s[i], end: song.sections.end_s[i] });
  else if (bars?.bars.length) transport.setLoop(bars.barsAround(now, 4, song.duration_s));
  else transport.setLoop({ start: now, end: now + 8 });
}

function mount(app: App, root: HTMLElement): void {
  const loop = () => loopHere(app);
  const stems = mixer(app);
  const keys: { of: Keyboard | null } = { of: null };
  const note = sentences(app);
  root.replaceChildren(
    topBar(app, () => keys.of?.openHelp()),
    h("main", { id: "content", tabindex: -1 },
      h("div", { class: "opening" }, masthead(app), facts(app)),
      overview(app),
      h("div", { class: note ? "columns" : "columns single" },
        note,
        h("div", { class: "panels" }, timeline(app), rhythm(app), harmony(app), form(app), stems?.element, scores(app), written(app), numbers(app), downloads(app)))),
    colophon(app),
    transportBar(app, loop),
    app.announcer.element,
  );
  keys.of = keyboard(app, stems, loop);
  root.append(keys.of.dialog);
  app.transport.position.on((t) => {
    if (app.transport.playing.value) app.view.follow(t);
  });
  app.transport.seeks.on(() => app.view.follow(app.transport.position.value));
}

const root = document.getElementById("page")!;
try {
  const app = build(loadSong());
  mount(app, root);
  setTimeout(() => void app.refine(), 400); // after the first paint
  Object.assign(window, { hexachord: app }); // for the console, and for tests
} catch (error) {
  root.replaceChildren(h("p", { class: "noscript", role: "alert" }, (error as Error).message));
  console.error(error);
}

/** Keys for everything, and the dialog that lists them. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import type { MixerPanel } from "./mixer";

interface Key {
  keys: string;                                   // as printed
  does: string;
  match(event: KeyboardEvent): boolean;
  act(event: KeyboardEvent): void;
}

const plain = (event: KeyboardEvent) => !event.ctrlKey && !event.metaKey && !event.altKey;
const letter = (key: string) => (event: KeyboardEvent) => plain(event) && event.key.toLowerCase() === key;
const arrow = (key: string, shift: boolean) => (event: KeyboardEvent) => plain(event) && event.key === key && event.shiftKey === shift;

export interface Keyboard {
  dialog: HTMLDialogElement;
  openHelp(): void;
}

export function keyboard(app: App, mixer: MixerPanel | null, loopHere: () => void): Keyboard {
  const { transport, bars, view, desk } = app;
  const beat = (step: number) => transport.seek(bars?.time_s.length ? bars.beatAway(transport.now(), step) : transport.now() + step);
  const bar = (step: number) => transport.seek(bars?.bars.length ? bars.barAway(transport.now(), step) : transport.now() + 5 * step);
  const channel = (change: "muted" | "solo") => {
    const i = mixer?.chosen() ?? -1;
    if (i < 0) return app.announcer.say("Choose a stem first, with a number key");
    const now = desk.mix.channels.value[i][change];
    desk.mix.change(i, { [change]: !now });
    app.announcer.say(`${app.song.stems[i].name} ${now ? "no longer " : ""}${change === "muted" ? "muted" : "solo"}`);
  };
  const edge = (which: "start" | "end") => {
    const now = transport.now();
    const old = transport.loop.value ?? { start: 0, end: transport.duration_s };
    const next = { ...old, [which]: now };
    if (next.end > next.start) transport.setLoop(next);
  };
  const keys: Key[] = [
    { keys: "Space or K", does: "play or pause", match: (e) => plain(e) && (e.key === " " || e.key.toLowerCase() === "k"), act: () => transport.toggle() },
    { keys: "← →", does: "one beat back or on", match: (e) => arrow("ArrowLeft", false)(e) || arrow("ArrowRight", false)(e), act: (e) => beat(e.key === "ArrowLeft" ? -1 : 1) },
    { keys: "Shift ← →", does: "one bar back or on", match: (e) => arrow("ArrowLeft", true)(e) || arrow("ArrowRight", true)(e), act: (e) => bar(e.key === "ArrowLeft" ? -1 : 1) },
    { keys: "Home, End", does: "to the start, to the end", match: (e) => plain(e) && (e.key === "Home" || e.key === "End"), act: (e) => transport.seek(e.key === "Home" ? 0 : transport.duration_s) },
    { keys: "L", does: "loop the choice, or the section here; again to end it", match: letter("l"), act: loopHere },
    { keys: "[ ]", does: "the loop starts here, ends here", match: (e) => plain(e) && (e.key === "[" || e.key === "]"), act: (e) => edge(e.key === "[" ? "start" : "end") },
    { keys: "Esc", does: "forget the loop", match: (e) => e.key === "Escape", act: () => transport.setLoop(null) },
    ...(app.clicks ? [{ keys: "C", does: "click on every beat", match: letter("c"), act: () => app.clicks!.on.set(!app.clicks!.on.value) }] : []),
    ...(app.tones ? [{ keys: "H", does: "sound the chords along", match: letter("h"), act: () => app.tones!.on.set(!app.tones!.on.value) }] : []),
    ...(app.hearing ? [{ keys: "T", does: "hear the original, both, the transcription", match: letter("t"), act: () => app.hearing!.turn() }] : []),
    { keys: "1 … 9", does: "choose a stem", match: (e) => plain(e) && /^[1-9]$/.test(e.key), act: (e) => void mixer?.choose(Number(e.key) - 1) },
    { keys: "M, S", does: "mute it, play it alone", match: (e) => letter("m")(e) || letter("s")(e), act: (e) => channel(e.key.toLowerCase() === "m" ? "muted" : "solo") },
    { keys: "+ −", does: "zoom in, zoom out", match: (e) => plain(e) && ["+", "=", "-"].includes(e.key), act: (e) => view.zoom(e.key === "-" ? 1.6 : 1 / 1.6, transport.now()) },
    { keys: "0", does: "show the whole song", match: (e) => plain(e) && e.key === "0", act: () => view.fit() },
    { keys: "?", does: "this list", match: (e) => e.key === "?", act: () => openHelp() },
  ];
  const on = h("input", { type: "checkbox", id: "keys-on", checked: true });
  const dialog = helpDialog(keys, on);
  const openHelp = () => {
    if (!dialog.open) dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || dialog.open) return;
    const target = event.target as HTMLElement;
    if (!on.checked && event.key.length === 1 && event.key !== "?") return;
    if (target.matches("textarea, select, input:not([type=range])")) return;
    if (event.key === " " && target.matches("button, summary, a, [role=tab]")) return; // Space is theirs
    const fader = target.matches("input[type=range]:not(#position)");
    const scrolls = target.matches(".scroller, .score-box");
    if ((fader || scrolls) && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    const key = keys.find(({ match }) => match(event));
    if (!key) return;
    event.preventDefault();
    key.act(event);
  });
  return { dialog, openHelp };
}

/** The dialog that lists keys; `on` is the box that lets single keys act. */
export function helpDialog(keys: Pick<Key, "keys" | "does">[], on: HTMLInputElement): HTMLDialogElement {
  const close = h("button", { type: "submit", class: "tool wordy" }, "Close");
  const dialog = h(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "help-title" }, "Keys"),
      h("dl", {}, ...keys.map(({ keys: names, does }) => h("div", {}, h("dt", {}, ...names.split(" ").flatMap((name, i) => [i ? " " : "", /^(or|…)$/.test(name) ? name : h("kbd", {}, name.replace(",", ""))])), h("dd", {}, does)))),
      h("label", { class: "check" }, on, " Single keys act"),
      close),
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

/** The annotation page: instructions first, then question after question, by keyboard; and the view of the results. */

import "./styles/annotate-index.css";

import { ending } from "./annotate/ending";
import { Server, type Project, type State, type Summary } from "./annotate/api";
import { results, type Results } from "./annotate/results";
import { welcome } from "./annotate/welcome";
import { Work } from "./annotate/work";
import { helpDialog } from "./components/keyboard";
import { topBar } from "./components/masthead";
import { h } from "./core/dom";
import { Announcer } from "./view/announcer";
import { ThemeSwitch } from "./view/theme";

const KEYS = [
  { keys: "1 … 9", does: "answer; on a scale, 0 to 9 from end to end" },
  { keys: "Y, N", does: "yes, no" },
  { keys: "Space or K", does: "play or pause" },
  { keys: "← →", does: "five seconds back or on; with Shift, one" },
  { keys: "Home", does: "from the beginning" },
  { keys: "Enter", does: "go on" },
  { keys: "Z", does: "take the last answer back" },
  { keys: "L", does: "put this piece off until the end" },
  { keys: "?", does: "this list" },
];
const REMEMBERED = "hexachord-annotator"; // for this tab: another may be somebody else's

const root = document.getElementById("page")!;
const theme = new ThemeSwitch();
const announcer = new Announcer();
const server = new Server();
const singleKeys = h("input", { type: "checkbox", id: "keys-on", checked: true });
const dialog = helpDialog(KEYS, singleKeys);
const openHelp = () => {
  if (!dialog.open) dialog.showModal();
};
const silence = h("p", { class: "silence", role: "alert", hidden: true });
server.ontrouble = (words) => {
  silence.hidden = !words;
  if (silence.textContent !== words) silence.textContent = words;
};

let work: Work | null = null;
let atEnd: (() => void) | null = null; // takes the last answer back

function put(main: HTMLElement): void {
  root.querySelector("main")?.remove();
  silence.after(main);
  scrollTo(0, 0);
}

function begin(project: Project, state: State): void {
  sessionStorage.setItem(REMEMBERED, String(state.annotator.number));
  document.title = `${project.title} · ${state.annotator.name}`;
  work?.close();
  atEnd = null;
  if (!state.assignment) return void end(project, state);
  work = new Work(server, project, state, theme, announcer, (last) => void end(project, last));
  put(work.element);
}

async function end(project: Project, state: State): Promise<void> {
  const { number } = state.annotator;
  work = null;
  const undo = async () => begin(project, await server.post<State>("/api/undo", { annotator: number }));
  atEnd = () => void undo();
  const main = ending(await server.get<Summary>(`/api/annotators/${number}/summary`), atEnd);
  put(main);
  main.querySelector("h1")?.setAttribute("tabindex", "-1");
  main.querySelector("h1")?.focus();
}

async function open(): Promise<void> {
  if (location.pathname === "/results") {
    document.title = "Results · Hexachord";
    put(results(await server.get<Results>("/api/results")));
    return;
  }
  const project = await server.get<Project>("/api/project");
  document.title = project.title;
  const remembered = sessionStorage.getItem(REMEMBERED);
  if (remembered) {
    const state = await server.get<State>(`/api/annotators/${Number(remembered)}`).catch(() => null);
    if (state && (!project.annotator || project.annotator === state.annotator.name)) return begin(project, state);
  }
  put(welcome(project, async (name) => begin(project, await server.post<State>("/api/annotators", { name }))));
  document.querySelector<HTMLElement>("#name, .begin .go")?.focus({ preventScroll: true }); // Enter begins, as it says
}

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.defaultPrevented || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("textarea, select, input[type=text]")) return;
  if (!singleKeys.checked && event.key.length === 1 && event.key !== "?") return;
  if ((event.key === " " || event.key === "Enter") && target.matches("button, summary, a, input[type=checkbox]")) return; // theirs
  if (target.matches("input[type=range], .scroller") && /^(Arrow|Home|End|Page)/.test(event.key)) return;
  const key = event.key.toLowerCase();
  if (event.repeat && !key.startsWith("arrow")) return; // a key held down is one answer
  if (key === "?") openHelp();
  else if (key === "z" && atEnd) atEnd();
  else if (!work?.press(key, event.shiftKey)) return;
  event.preventDefault();
});

root.replaceChildren(topBar({ theme }, openHelp), silence, announcer.element, dialog);
open().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  put(h("main", { class: "welcome", id: "content", tabindex: -1 }, h("h1", { class: "long" }, "This page cannot open"), h("p", { class: "trouble", role: "alert" }, why)));
});

/** For who owns the project: how far annotators agree, whom they take for whom, and what to discuss. */

import { table, type Column } from "../components/table";
import { h } from "../core/dom";
import { percent, plural } from "../core/format";
import { duration } from "./ending";
import type { Progress, Question, Value } from "./api";

type Share = number | null;

interface Dispute {
  item: string;
  number: number | null;
  said: Record<string, Value>;
  apart: number;
  majority: string;
  model: string;
}

interface QuestionResults {
  question: string;
  text: string;
  kind: Question["kind"];
  annotators: string[];
  items: number;
  answers: number;
  metrics: Record<string, Share>;
  verdict: string;
  pairs: { first: string; second: string; items: number; percent: Share; kappa: Share }[];
  repeats: { annotator: string; count: number; same: Share; kappa: Share; distance: Share }[];
  options: string[];
  confusion: number[][];
  disputes: Dispute[];
  more_disputes: number;
  decided: number;
  tied: number;
  trust?: { annotator: string; right: number }[];
}

export interface Results {
  title: string;
  store: string;
  items: number;
  questions: QuestionResults[];
  annotators: Record<string, Progress & { attention_right: number; attention_known: number }>;
}

const NAMES: Record<string, string> = {
  percent: "Same answers", cohen: "Cohen's kappa", weighted_cohen: "Weighted kappa", fleiss: "Fleiss' kappa",
  alpha: "Krippendorff's alpha", icc2: "ICC(2,1)", icc3: "ICC(3,1)",
};

const share = (value: Share) => (value === null ? "–" : percent(value));
const figure = (value: Share) => (value === null ? "–" : value.toFixed(3).replace("-", "−"));

export function results(found: Results): HTMLElement {
  const people = Object.entries(found.annotators);
  return h(
    "main",
    { class: "results", id: "content", tabindex: -1 },
    h("h1", { class: "long" }, found.title),
    h("p", { class: "came" }, `${plural(people.length, "annotator")} · ${plural(found.items, "piece")} · ${found.store}`),
    h("section", { class: "panel", "aria-labelledby": "people" }, h("h2", { id: "people" }, "Annotators"), people.length ? peopleTable(people) : h("p", { class: "lead" }, "Nobody has begun yet.")),
    ...found.questions.map(questionPanel),
  );
}

function framed(label: string, inner: HTMLElement): HTMLElement {
  return h("div", { class: "scroller flat", tabindex: 0, role: "region", "aria-label": label }, inner);
}

function peopleTable(people: [string, Results["annotators"][string]][]): HTMLElement {
  type Row = (typeof people)[number];
  return framed("Annotators", table("Annotators", [
    { head: "Who", cell: ([name]: Row) => name },
    { head: "Done", number: true, cell: ([, p]) => `${p.done} of ${p.total}` },
    { head: "Checks passed", number: true, cell: ([, p]) => (p.attention_known ? `${p.attention_right} of ${p.attention_known}` : "–") },
    { head: "Right, with training", number: true, cell: ([, p]) => (p.known ? `${p.right} of ${p.known}` : "–") },
    { head: "Time", number: true, cell: ([, p]) => duration(p.seconds) },
    { head: "An answer", number: true, cell: ([, p]) => (p.median_s === null ? "–" : `${p.median_s.toFixed(1)} s`) },
    { head: "Taken back", number: true, cell: ([, p]) => String(p.undone) },
  ], people));
}

function questionPanel(q: QuestionResults): HTMLElement {
  const id = `question-${q.question}`;
  return h(
    "section",
    { class: "panel", "aria-labelledby": id },
    h("h2", { id }, q.text),
    h("p", { class: "lead" }, `${plural(q.answers, "answer")} about ${plural(q.items, "piece")} by ${plural(q.annotators.length, "annotator")}. Agreement: ${q.verdict}.`),
    h("dl", { class: "end-facts figures" }, ...Object.entries(q.metrics).map(([name, value]) => h("div", { "data-metric": name }, h("dt", {}, NAMES[name] ?? name), h("dd", {}, name === "percent" ? share(value) : figure(value))))),
    q.items ? h("p", { class: "lead" }, `${q.kind === "rating" ? "The median stands for each piece." : `A majority decides ${q.decided} of ${q.items}; ${q.tied ? `${plural(q.tied, "is a tie", "are ties")}.` : "there is no tie."}`}`) : null,
    part("Two by two", q.pairs, [
      { head: "Annotators", cell: (row) => `${row.first} and ${row.second}` },
      { head: "Pieces", number: true, cell: (row) => String(row.items) },
      { head: "The same", number: true, cell: (row) => share(row.percent) },
      { head: "Kappa", number: true, cell: (row) => figure(row.kappa) },
    ]),
    part("With themselves, on hidden repeats", q.repeats, [
      { head: "Annotator", cell: (row) => row.annotator },
      { head: "Repeats", number: true, cell: (row) => String(row.count) },
      { head: "The same", number: true, cell: (row) => share(row.same) },
      { head: "Kappa", number: true, cell: (row) => figure(row.kappa) },
      ...(q.kind === "rating" ? [{ head: "Apart", number: true, cell: (row: QuestionResults["repeats"][number]) => figure(row.distance) }] : []),
    ]),
    part("How often Dawid and Skene's model believes them", q.trust ?? [], [
      { head: "Annotator", cell: (row) => row.annotator },
      { head: "Right", number: true, cell: (row) => percent(row.right) },
    ]),
    q.kind !== "rating" && q.pairs.length ? confusion(q) : null,
    disputes(q),
  );
}

function part<T>(title: string, rows: readonly T[], columns: Column<T>[]): HTMLElement | null {
  return rows.length ? h("div", { class: "part" }, h("h3", {}, title), framed(title, table(title, columns, rows))) : null;
}

function confusion(q: QuestionResults): HTMLElement {
  const most = Math.max(1, ...q.confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const caption = "How often two annotators said the one and the other of the same piece";
  return h("div", { class: "part" },
    h("h3", {}, "What is taken for what"),
    framed(caption, h("table", { class: "confusion" },
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, h("td", {}), ...q.options.map((name) => h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", {}, ...q.confusion.map((row, i) => h("tr", {}, h("th", { scope: "row" }, q.options[i]), ...row.map((count, j) => {
        const cell = h("td", { class: i === j ? "number same" : "number" }, String(count));
        if (i !== j) cell.style.setProperty("--heat", String(count / most));
        return cell;
      })))))));
}

function disputes(q: QuestionResults): HTMLElement | null {
  if (!q.disputes.length) return q.pairs.length ? h("p", { class: "lead part" }, "Nothing to discuss: they agree about every piece.") : null;
  const player = new Audio();
  const title = "To discuss";
  return h("div", { class: "part" },
    h("h3", {}, title),
    framed(title, table(title, [
      { head: "Piece", cell: (row: Dispute) => pieceOf(row, player) },
      { head: "Who said what", cell: (row) => Object.entries(row.said).map(([who, what]) => `${who}: ${what}`).join(" · ") },
      { head: q.kind === "rating" ? "Median" : "Majority", cell: (row) => row.majority },
      ...(!q.trust ? [] : [{ head: "Dawid–Skene", cell: (row: Dispute) => row.model }]),
      { head: "Apart", number: true, cell: (row) => percent(row.apart) },
    ], q.disputes)),
    q.more_disputes ? h("p", { class: "lead" }, `and ${q.more_disputes} more`) : null);
}

function pieceOf({ item, number }: Dispute, player: HTMLAudioElement): HTMLElement | string {
  if (number === null) return item;
  const button = h("button", { type: "button", class: "link", "aria-label": `Play ${item}` }, item);
  button.addEventListener("click", () => {
    const path = `/api/results/sounds/${number}`;
    if (player.src.endsWith(path) && !player.paused) return player.pause();
    player.src = path;
    void player.play();
  });
  return button;
}

/** The work itself: listen, answer, go on. */

import { h } from "../core/dom";
import { plural } from "../core/format";
import type { Announcer } from "../view/announcer";
import type { ThemeSwitch } from "../view/theme";
import { Refused, type Assignment, type Outline, type Project, type Server, type State, type Told, type Value } from "./api";
import { asking, type Asking } from "./asking";
import { Listening } from "./listening";
import { Stopwatch } from "./stopwatch";

const SEEK_S = 5;

export class Work {
  readonly element: HTMLElement;
  private listening: Listening;
  private bar = h("div", { class: "done-bar" }, h("span", {}));
  private count = h("p", { class: "done-count" });
  private streak = h("p", { class: "streak", hidden: true });
  private place = h("div", { class: "place-of-question" });
  private trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  private back = h("button", { type: "button", class: "tool wordy", id: "undo" }, "Back", h("kbd", { "aria-hidden": "true" }, "Z"));
  private later = h("button", { type: "button", class: "tool wordy", id: "later" }, "Later", h("kbd", { "aria-hidden": "true" }, "L"));
  private atOnce = h("input", { type: "checkbox", id: "at-once", checked: true });
  private watch = new Stopwatch();
  private asked: Asking | null = null;
  private current: Assignment | null = null;
  private busy = false;
  private next: State | null = null; // what comes after the feedback that is shown

  constructor(
    private server: Server,
    private project: Project,
    private state: State,
    theme: ThemeSwitch,
    private announcer: Announcer,
    private finish: (state: State) => void,
  ) {
    this.listening = new Listening(theme);
    this.listening.onfail = (why) => this.complain(`This piece cannot be played: ${why}. Put it off with L, and tell who asked you.`);
    this.back.addEventListener("click", () => void this.undo());
    this.later.addEventListener("click", () => void this.postpone());
    this.element = h(
      "main",
      { class: "work", id: "content", tabindex: -1 },
      h("div", { class: "progress" }, this.bar, h("div", { class: "progress-words" }, this.count, this.streak)),
      this.listening.element,
      this.place,
      this.trouble,
      h("div", { class: "work-tools" }, this.back, this.later, h("label", { class: "check" }, this.atOnce, " Play at once")),
    );
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Pieces judged");
    void this.show(state);
  }

  /** Leave: nothing sounds any more. */
  close(): void {
    this.listening.close();
  }

  /** A key was pressed; false where it means nothing here. */
  press(key: string, shift: boolean): boolean {
    if (key === " " || key === "k") this.listening.toggle();
    else if (key === "arrowleft" || key === "arrowright") this.listening.seek(this.listening.audio.currentTime + (key === "arrowleft" ? -1 : 1) * (shift ? 1 : SEEK_S));
    else if (key === "home") this.listening.seek(0);
    else if (key === "z") void this.undo();
    else if (key === "l" && !this.next) void this.postpone();
    else if (this.next) {
      if (key !== "enter") return false;
      this.goOn();
    } else return this.asked?.press(key) ?? false;
    return true;
  }

  private async show(state: State): Promise<void> {
    this.state = state;
    this.next = null;
    this.showProgress(state);
    const { assignment } = state;
    if (!assignment) {
      this.close();
      this.finish(state);
      return;
    }
    const another = assignment.number !== this.current?.number;
    this.current = assignment;
    const question = this.project.questions.find(({ id }) => !(id in assignment.answered))!;
    const ask = asking(question, assignment.prompt, (value) => void this.answer(question.id, value));
    this.asked = ask;
    const steps = this.project.questions.length > 1 ? `Question ${this.project.questions.indexOf(question) + 1} of ${this.project.questions.length}` : "";
    const practice = assignment.training ? `Practice ${state.progress.training_done + 1} of ${state.progress.training_total}` : "";
    const above = [practice, steps].filter(Boolean).join(" · ");
    this.place.replaceChildren(...(above ? [h("p", { class: "above" }, above)] : []), ask.element);
    ask.heading.focus({ preventScroll: true }); // Space then plays, and screen readers say what is asked
    this.watch.start();
    if (another) await this.load(assignment.number);
  }

  private async load(number: number): Promise<void> {
    this.complain("");
    this.listening.close();
    try {
      const outline = await this.server.get<Outline>(`/api/assignments/${number}/outline`);
      if (this.current?.number === number) this.listening.open(`/api/assignments/${number}/sound`, outline, this.atOnce.checked);
    } catch (error) {
      this.complain(`${error instanceof Error ? error.message : error} Put it off with L, and tell who asked you.`);
    }
  }

  private async answer(question: string, value: Value): Promise<void> {
    if (!this.current) return;
    const { current, asked } = this;
    asked?.settle(value);
    const body = { annotator: this.state.annotator.number, assignment: current.number, question, value, seconds: this.watch.seconds() };
    await this.ask("/api/answers", body, (state) => {
      if (state.told && state.told.right !== null) this.tell(state, state.told);
      else void this.show(state);
    });
  }

  /** Say what is known of a training item, and wait until it was read. */
  private tell(state: State, told: Told): void {
    this.next = state;
    this.showProgress(state);
    const go = h("button", { type: "button", class: "answer go" }, h("kbd", { "aria-hidden": "true" }, "Enter"), h("span", {}, "Go on"));
    go.addEventListener("click", () => this.goOn());
    const verdict = told.right ? "Right" : `Rather: ${told.expected}`;
    this.place.append(h("div", { class: told.right ? "told right" : "told" }, h("p", { class: "verdict-word" }, verdict), told.feedback ? h("p", {}, told.feedback) : null, go));
    this.announcer.say(`${verdict}. ${told.feedback}`);
    go.focus({ preventScroll: true });
    go.scrollIntoView({ block: "nearest" });
  }

  private goOn(): void {
    if (this.next) void this.show(this.next);
  }

  async undo(): Promise<void> {
    await this.ask("/api/undo", { annotator: this.state.annotator.number }, (state) => {
      this.announcer.say(state.undone ? "Taken back" : "There is nothing to take back");
      void this.show(state);
    });
  }

  private async postpone(): Promise<void> {
    if (!this.current) return;
    await this.ask("/api/later", { annotator: this.state.annotator.number, assignment: this.current.number }, (state) => {
      this.announcer.say("Put off: it comes again at the end");
      void this.show(state);
    });
  }

  /** Ask the server one thing at a time. */
  private async ask(path: string, body: object, then: (state: State) => void): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const state = await this.server.post<State>(path, body);
      this.busy = false;
      then(state);
    } catch (error) {
      this.busy = false;
      const elsewhere = error instanceof Refused && error.status === 409;
      await this.show(await this.server.get<State>(`/api/annotators/${this.state.annotator.number}`));
      this.complain(elsewhere ? "That was answered in another tab; here is what comes next." : error instanceof Error ? error.message : String(error));
    }
  }

  private showProgress({ progress }: State): void {
    const { done, total, known, streak } = progress;
    this.bar.firstElementChild!.setAttribute("data-share", String(done / Math.max(1, total)));
    (this.bar.firstElementChild as HTMLElement).style.width = `${(100 * done) / Math.max(1, total)}%`;
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", String(total));
    this.bar.setAttribute("aria-valuenow", String(done));
    this.count.textContent = `${done} of ${total}`;
    this.streak.hidden = !known;
    this.streak.textContent = `${progress.right} of ${known} right${streak > 1 ? `, ${plural(streak, "in a row", "in a row")}` : ""}`;
    this.back.disabled = progress.done === 0 && !Object.keys(this.state.assignment?.answered ?? {}).length && !this.next;
  }

  private complain(text: string): void {
    this.trouble.textContent = text;
    this.trouble.hidden = !text;
  }
}

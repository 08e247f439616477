/** What annotators read before anything is asked, and who they are. */

import { h } from "../core/dom";
import { plural } from "../core/format";
import type { Project, Question } from "./api";

export function welcome(project: Project, begin: (name: string) => Promise<void>): HTMLElement {
  const name = h("input", { type: "text", id: "name", class: "name", autocomplete: "off", maxlength: 80, required: true, "aria-describedby": "name-why" });
  const go = h("button", { type: "submit", class: "answer go" }, h("kbd", { "aria-hidden": "true" }, "Enter"), h("span", {}, project.annotator ? `Begin as ${project.annotator}` : "Begin"));
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const start = async (who: string) => {
    go.disabled = true;
    try {
      await begin(who);
    } catch (error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
      trouble.hidden = false;
    } finally {
      go.disabled = false;
    }
  };
  const who = project.annotator
    ? null
    : h("div", { class: "who" },
        h("label", { for: "name" }, "Your name"),
        name,
        h("p", { class: "lead", id: "name-why" }, "Answers are kept under it, and it is how you go on another time."),
        project.annotators.length
          ? h("p", { class: "known" }, "Go on as ", ...project.annotators.map((each) => {
              const button = h("button", { type: "button", class: "link" }, each);
              button.addEventListener("click", () => void start(each));
              return button;
            }))
          : null);
  const form = h("form", { class: "begin" }, who, trouble, go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void start(project.annotator || name.value);
  });
  const first = project.training ? ` ${plural(project.training, "piece comes", "pieces come")} first to practise on: you are told what would have been right.` : "";
  return h(
    "main",
    { class: "welcome", id: "content", tabindex: -1 },
    h("h1", {}, project.title),
    h("div", { class: "instructions" }, ...project.instructions.split(/\n\s*\n/).filter(Boolean).map((paragraph) => h("p", {}, paragraph.trim()))),
    h("p", { class: "lead amount" }, `${plural(project.items, "piece")} of music.${first} Every answer is kept at once; stop whenever you like.`),
    h("h2", { class: "small" }, project.questions.length > 1 ? "What you will be asked" : "The question"),
    h("ol", { class: "asked" }, ...project.questions.map((question) => h("li", {}, h("strong", {}, question.text), " ", h("span", {}, answersOf(question))))),
    form,
  );
}

function answersOf({ kind, options = [], low, high, step, low_label, high_label }: Question): string {
  if (kind !== "rating") return options.join(" · ");
  const named = (n: number | undefined, label: string | undefined) => (label ? `${n} (${label})` : `${n}`);
  return `${named(low, low_label)} to ${named(high, high_label)}${step ? "" : ", anywhere between"}`;
}

/** One question with everything to answer it by: buttons with their keys, or a scale. */

import { h } from "../core/dom";
import type { Question, Value } from "./api";

const LETTERS = "qwertyuiopasdfghjxcvbnm"; // after the digits; without what plays (K), takes back (Z) and puts off (L)

export interface Asking {
  element: HTMLElement;
  heading: HTMLElement;
  /** Answer by a key; false where it means nothing here. */
  press(key: string): boolean;
  /** Show which answer was given, and take no more. */
  settle(value: Value): void;
}

interface Choice {
  key: string;
  value: Value;
  text: string;
}

/** The answers there are to choose from; none for a scale without steps. */
function choicesOf(question: Question): Choice[] {
  if (question.kind !== "rating") {
    const options = question.options ?? [];
    const yesNo = options.length === 2 && options[0] === "yes" && options[1] === "no";
    return options.map((value, i) => ({ key: yesNo ? "yn"[i] : i < 9 ? String(i + 1) : LETTERS[i - 9] ?? "", value, text: value }));
  }
  const { low = 1, high = 5, step = 1 } = question;
  if (!step || (high - low) / step > 20) return [];
  const count = Math.round((high - low) / step) + 1;
  const digits = Number.isInteger(low) && step === 1 && low >= 0 && high <= 9; // then the key is the number itself
  return Array.from({ length: count }, (_, i) => {
    const value = Number((low + i * step).toFixed(6));
    return { key: digits ? String(value) : i < 9 ? String(i + 1) : LETTERS[i - 9] ?? "", value, text: String(value) };
  });
}

export function asking(question: Question, prompt: string, answer: (value: Value) => void): Asking {
  const heading = h("h1", { class: "question", tabindex: -1, id: "question" }, prompt || question.text);
  const choices = choicesOf(question);
  return choices.length ? buttons(question, heading, choices, answer) : scale(question, heading, answer);
}

function ends(question: Question): HTMLElement | null {
  const { low_label: low, high_label: high } = question;
  return low || high ? h("div", { class: "scale-ends" }, h("span", {}, low ?? ""), h("span", {}, high ?? "")) : null;
}

function buttons(question: Question, heading: HTMLElement, choices: Choice[], answer: (value: Value) => void): Asking {
  const made = choices.map((choice, i) => {
    // the ends of a scale are told with their numbers, too
    const end = question.kind === "rating" ? (i === 0 ? question.low_label : i === choices.length - 1 ? question.high_label : "") : "";
    const button = h(
      "button",
      { type: "button", class: "answer", "aria-label": end ? `${choice.text}, ${end}` : null, "aria-keyshortcuts": choice.key || null },
      choice.key && choice.key !== choice.text ? h("kbd", { "aria-hidden": "true" }, choice.key.toUpperCase()) : null,
      h("span", {}, choice.text),
    );
    button.addEventListener("click", () => answer(choice.value));
    return button;
  });
  const kind = question.kind === "rating" ? "answers ratings" : choices.length > 6 ? "answers many" : "answers";
  const group = h("div", { class: kind, role: "group", "aria-labelledby": "question" }, ...made);
  return {
    element: h("div", { class: "asking" }, heading, group, question.kind === "rating" ? ends(question) : null),
    heading,
    press(key) {
      const yesNo = choices.length === 2 && choices[0].key === "y" && (key === "1" || key === "2") ? choices[Number(key) - 1] : undefined;
      const choice = choices.find((each) => each.key === key) ?? yesNo;
      if (choice && !made[0].disabled) answer(choice.value);
      return Boolean(choice);
    },
    settle(value) {
      made.forEach((button, i) => {
        button.disabled = true;
        button.classList.toggle("given", choices[i].value === value);
      });
    },
  };
}

function scale(question: Question, heading: HTMLElement, answer: (value: Value) => void): Asking {
  const { low = 0, high = 1, step = 0 } = question;
  const fine = step || (high - low) / 100;
  const slider = h("input", { type: "range", id: "scale", min: low, max: high, step: fine, value: (low + high) / 2, "aria-labelledby": "question" });
  const shown = h("output", { class: "scale-value", for: "scale" });
  const done = h("button", { type: "button", class: "answer", disabled: true }, h("kbd", { "aria-hidden": "true" }, "Enter"), h("span", {}, "This is it"));
  let settled = false;
  const value = () => Number(Number(slider.value).toFixed(6));
  const show = () => {
    shown.textContent = Number(slider.value).toFixed(step >= 1 ? 0 : 2);
    slider.style.setProperty("--at", String((Number(slider.value) - low) / (high - low)));
  };
  const touched = () => {
    done.disabled = settled; // the middle must be chosen, too
    show();
  };
  slider.addEventListener("input", touched);
  slider.addEventListener("pointerdown", touched);
  done.addEventListener("click", () => answer(value()));
  show();
  return {
    element: h("div", { class: "asking" }, heading, h("div", { class: "scale", role: "group", "aria-labelledby": "question" }, slider, shown), ends(question), done),
    heading,
    press(key) {
      if (key === "enter" && !done.disabled) answer(value());
      else if (/^[0-9]$/.test(key) && !settled) {
        slider.value = String(low + ((high - low) * Number(key)) / 9);
        touched();
      } else return false;
      return true;
    },
    settle(given) {
      settled = true;
      slider.value = String(given);
      show();
      slider.disabled = done.disabled = true;
    },
  };
}

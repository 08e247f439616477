/** The exact command behind a panel, with a button that copies it. */

import { h, icon } from "../core/dom";
import { COPY, DONE } from "./icons";

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "unseen", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy"); // the only way where a page from disk may not use the clipboard
    field.remove();
    return done;
  }
}

export function commandLine(command: string): HTMLElement {
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy the command: ${command}`, title: "Copy" }, icon(COPY));
  button.addEventListener("click", async () => {
    const done = await copy(command);
    button.replaceChildren(done ? icon(DONE) : "Select it by hand");
    setTimeout(() => button.replaceChildren(icon(COPY)), 1600);
  });
  return h("div", { class: "command" }, h("code", {}, command), button);
}

/** One line for each different command, folded when there are several; nothing when there is none. */
export function commandLines(commands: (string | undefined)[], made = "Made by"): HTMLElement | null {
  const different = [...new Set(commands.filter((command): command is string => Boolean(command)))];
  if (!different.length) return null;
  if (different.length === 1) return h("div", { class: "commands" }, commandLine(different[0]));
  return h("details", { class: "commands" }, h("summary", {}, `${made} ${different.length} commands`), ...different.map(commandLine));
}

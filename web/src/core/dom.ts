/** Elements in one line each. */

type Child = Node | string | null | false | undefined;
type Value = string | number | boolean | null | undefined | ((event: never) => void);

function fill(element: Element, props: Record<string, Value>, children: Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child || child === "") element.append(child);
}

/** An HTML element; props that are functions (`onclick`) become listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, props, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(tag: K, props: Record<string, Value> = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  fill(element, props, children);
  return element;
}

/** A 20-unit line icon, drawn in the colour of its text. */
export function icon(path: string, { filled = false } = {}): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  fill(svg, { viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false", class: filled ? "icon filled" : "icon" }, []);
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** True while the reader asks for less motion. */
export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Bring an element into view, without motion for who wants none. */
export function reveal(element: Element, block: ScrollLogicalPosition = "nearest"): void {
  element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });
}

/** Call `action` once, when the element first comes near the window. */
export function whenNear(element: Element, action: () => void, margin = "600px"): void {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      action();
    },
    { rootMargin: margin },
  );
  watcher.observe(element);
}

/** Light or dark, as the system says or the reader chose, and the palette that canvases paint with. */

import { Signal } from "../core/signal";

export type Theme = "light" | "dark";

const KEY = "hexachord-theme";

function remembered(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // a page from disk may have no storage
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // it then lasts as long as the page is open
  }
}

export interface Palette {
  paper: string;
  raised: string;
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  accent: string;
  wash: string;     // the accent, very thin
  note: string;
  melody: string;
  written: string;
  differs: string;  // not as written
  tints: string[];  // grounds of sections, one per kind
  tones: string[];  // the same, strong enough for a waveform
  dark: boolean;
}

const SHADES = 6;

function readPalette(dark: boolean): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const family = (name: string) => Array.from({ length: SHADES }, (_, i) => colour(`${name}-${i}`));
  const palette: Palette = {
    paper: colour("paper"), raised: colour("raised"), ink: colour("ink"), ink2: colour("ink-2"), ink3: colour("ink-3"),
    line: colour("line"), accent: colour("accent"), wash: colour("wash"), note: colour("note"), melody: colour("melody"),
    written: colour("written"), differs: colour("differs"), tints: family("tint"), tones: family("tone"), dark,
  };
  probe.remove();
  return palette;
}

export class ThemeSwitch {
  readonly theme: Signal<Theme>;
  readonly palette: Signal<Palette>;

  constructor() {
    const system = matchMedia("(prefers-color-scheme: dark)");
    let chosen = remembered();
    const effective = (): Theme => chosen ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = effective();
    this.theme = new Signal(effective());
    this.palette = new Signal(readPalette(effective() === "dark"));
    system.addEventListener("change", () => this.theme.set(effective()));
    this.theme.on((theme) => {
      if (theme !== effective()) {
        chosen = theme;
        remember(theme);
      }
      document.documentElement.dataset.theme = theme;
      this.palette.set(readPalette(theme === "dark"));
    });
  }

  toggle(): void {
    this.theme.set(this.theme.value === "dark" ? "light" : "dark");
  }
}

/** One of the six shades for every kind of label, in order of appearance. */
export function shadesOf(labels: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return labels.map((label) => {
    if (!seen.has(label)) seen.set(label, seen.size % SHADES);
    return seen.get(label)!;
  });
}

/** Numbers and times for the eye, and times for the ear. */

/** 83.4 -> "1:23", or "1:23.4" with one digit. */
export function clock(time_s: number, digits = 0): string {
  const unit = 10 ** digits;
  const ticks = Math.floor(Math.max(0, time_s) * unit + 1e-6);
  const seconds = Math.floor(ticks / unit);
  const head = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return digits ? `${head}.${String(ticks % unit).padStart(digits, "0")}` : head;
}

/** 83.4 -> "1 minute 23 seconds". */
export function spokenTime(time_s: number): string {
  const seconds = Math.floor(Math.max(0, time_s));
  const minutes = Math.floor(seconds / 60);
  const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? "" : "s"}`;
  return minutes ? `${count(minutes, "minute")} ${count(seconds % 60, "second")}` : count(seconds, "second");
}

/** 0.973 -> "97 %"; the engine's own confidence, so never rounded up to certainty. */
export function percent(share: number): string {
  return `${Math.min(share < 1 ? 99 : 100, Math.round(share * 100))} %`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function decibels(gain_db: number): string {
  const rounded = Math.round(gain_db * 10) / 10;
  if (rounded === 0) return "0 dB";
  return `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toFixed(1)} dB`;
}

const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/** 60 -> "C4". */
export function pitchName(pitch: number): string {
  const p = Math.round(pitch);
  return `${NAMES[((p % 12) + 12) % 12]}${Math.floor(p / 12) - 1}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Numbers stay with their units at the end of a line. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (%|Hz|LUFS|LU|dBTP|dB|BPM|beats|s\b)/g, "$1\u00a0$2").replace(/ – /g, "\u00a0– ");
}

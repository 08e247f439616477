/** Keys on the circle of fifths. */

const FIFTHS: Record<string, number> = { F: -1, C: 0, G: 1, D: 2, A: 3, E: 4, B: 5 };
const SIGNS: Record<string, number> = { "#": 1, b: -1 };

export interface Hour {
  hour: number;   // 0 is C major and A minor, clockwise by fifths
  minor: boolean;
}

/** The place of a key named plainly, "Bb minor" or "Bb:min"; null for what is no key. */
export function hourOf(label: string): Hour | null {
  const [, letter, signs, mode] = /^([A-G])([#b]*)[: ](maj|min)/.exec(label) ?? [];
  if (!letter) return null;
  const minor = mode === "min";
  const fifths = FIFTHS[letter] + [...signs].reduce((sum, sign) => sum + 7 * SIGNS[sign], 0) - (minor ? 3 : 0);
  return { hour: ((fifths % 12) + 12) % 12, minor };
}

export const MAJORS = ["C", "G", "D", "A", "E", "B", "F♯", "D♭", "A♭", "E♭", "B♭", "F"];
export const MINORS = ["Am", "Em", "Bm", "F♯m", "C♯m", "G♯m", "D♯m", "B♭m", "Fm", "Cm", "Gm", "Dm"];

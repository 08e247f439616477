/** What the server is asked, and what it says. A request that does not get through is sent again: the same answer twice is one answer. */

export type Value = string | number;

export interface Question {
  id: string;
  text: string;
  kind: "binary" | "choice" | "rating";
  options?: string[];
  low?: number;
  high?: number;
  step?: number;
  low_label?: string;
  high_label?: string;
}

export interface Project {
  title: string;
  instructions: string;
  questions: Question[];
  items: number;
  training: number;
  annotator: string;    // who begins at once; empty: the page asks
  annotators: string[]; // who may go on
}

export interface Progress {
  done: number;
  total: number;
  training_done: number;
  training_total: number;
  right: number;
  known: number;
  streak: number;
  best_streak: number;
  seconds: number;
  median_s: number | null;
  undone: number;
}

export interface Assignment {
  number: number;
  training: boolean;
  prompt: string;
  answered: Record<string, Value>;
}

export interface Told {
  right: boolean | null;
  expected: Value | null;
  feedback: string;
}

export interface State {
  annotator: { number: number; name: string };
  progress: Progress;
  assignment: Assignment | null;
  told: Told | null;
  undone: boolean | null;
}

export interface Outline {
  duration_s: number;
  peaks: number[]; // 0 to 100, over the whole length
}

export interface OwnRepeats {
  question: string;
  kind: Question["kind"];
  count: number;
  same: number | null;
  kappa: number | null;
  distance: number | null;
}

export interface Summary {
  name: string;
  progress: Progress & { attention_right: number; attention_known: number };
  repeats: OwnRepeats[];
}

/** The server understood and said no; the text says why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const SILENT = "The program that serves this page does not answer. Your last answer is sent again until it is kept.";
const LOCKED = "The program that serves this page was started anew. Open the address that it printed; your last answer is sent again until it is kept.";
const PAUSE_MS = 1500;
const MOST_FAILURES = 3; // of a server that answers, but cannot: then it is no use to go on asking
const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));

export class Server {
  /** Told what is wrong while the server does not answer, or does not know us; nothing when it answers again. */
  ontrouble = (_words: string) => {};

  async get<T>(path: string): Promise<T> {
    return this.ask<T>(path, {});
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, options: RequestInit): Promise<T> {
    for (let failures = 0; ; ) {
      const reply = await fetch(path, options).catch(() => null);
      const knocks = reply?.status === 401; // it was started anew, with another key: once that is known here, all goes on
      if (reply && !knocks && (reply.status < 500 || ++failures >= MOST_FAILURES)) {
        this.ontrouble("");
        if (reply.ok) return (await reply.json()) as T;
        throw new Refused(reply.status, await reasonOf(reply));
      }
      this.ontrouble(knocks ? LOCKED : SILENT);
      await rest(PAUSE_MS);
    }
  }
}

async function reasonOf(reply: Response): Promise<string> {
  const text = await reply.text();
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // then the text itself is the reason
  }
  return text || `The server said ${reply.status}.`;
}

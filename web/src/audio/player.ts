/** What the transport drives. Three kinds follow it: an audio element, stems in step, and a silent clock. */

export interface Loop {
  start: number;
  end: number;
}

export interface Player {
  readonly kind: "element" | "stems" | "silent";
  readonly playing: boolean;
  time(): number;
  play(): Promise<void>;
  pause(): void;
  seek(time_s: number): void;
  setLoop(loop: Loop | null): void;
  setVolume(volume: number): void;
  /** To the left (-1), the middle (0) or the right (1). */
  setSide(side: number): void;
  setRate(rate: number): void;
  /** Called by the transport once per frame while playing. */
  tick(): void;
  dispose(): void;
  onend: () => void;
  onfail: (reason: string) => void;
}

export function linear(gain_db: number): number {
  return 10 ** (gain_db / 20);
}

/** Seconds of silence in front of decoded sound: some decoders leave in what the encoder added, and the length tells. */
export function leadIn(lead_in_s: number | undefined, decoded_s: number, duration_s: number): number {
  return lead_in_s && decoded_s > duration_s + lead_in_s / 2 ? lead_in_s : 0;
}

/** Has a loop's end been passed since the last look? From outside, a loop lets one pass. */
export function passedEnd(loop: Loop | null, before: number, now: number): boolean {
  return loop !== null && before < loop.end && now >= loop.end;
}

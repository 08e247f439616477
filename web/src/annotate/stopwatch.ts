/** How long somebody thinks: time counts only while the page is in view. */
export class Stopwatch {
  private counted_ms = 0;
  private since: number | null = null;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.hold();
      else this.since ??= performance.now();
    });
  }

  start(): void {
    this.counted_ms = 0;
    this.since = document.hidden ? null : performance.now();
  }

  seconds(): number {
    return Math.round(this.counted_ms + (this.since === null ? 0 : performance.now() - this.since)) / 1000;
  }

  private hold(): void {
    if (this.since !== null) this.counted_ms += performance.now() - this.since;
    this.since = null;
  }
}

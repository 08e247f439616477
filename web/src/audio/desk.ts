/** Joins faders and transport: stems are decoded when a fader is first touched, and then play instead of the mix. */

import type { Track } from "../song";
import { Signal } from "../core/signal";
import type { ElementPlayer } from "./element-player";
import { gainsOf, Mix } from "./mix";
import { decodeStems, StemsPlayer } from "./stems-player";
import type { Transport } from "./transport";

export type DeskState =
  | { is: "idle" }
  | { is: "decoding"; done: number; of: number }
  | { is: "ready" }
  | { is: "failed"; why: string };

export class Desk {
  readonly mix: Mix;
  readonly state = new Signal<DeskState>({ is: "idle" });
  player: StemsPlayer | null = null;

  constructor(
    readonly stems: readonly Track[],
    private transport: Transport,
    private element: ElementPlayer | null,
  ) {
    this.mix = new Mix(stems.length);
    this.mix.channels.on((channels) => {
      this.player?.setGains(gainsOf(channels));
      if (!this.mix.flat) void this.open();
    });
  }

  /** Decode once, then let the stems play on from where the mix is. */
  async open(): Promise<void> {
    if (this.state.value.is === "decoding" || !this.stems.length) return;
    if (this.state.value.is === "ready") return this.take();
    const of = this.stems.length;
    this.state.set({ is: "decoding", done: 0, of });
    const context = new AudioContext({ latencyHint: "interactive" });
    void context.resume(); // while the touch that asked for it still counts
    try {
      const buffers = await decodeStems(context, this.stems, (done) => this.state.set({ is: "decoding", done, of }));
      this.player = new StemsPlayer(context, buffers, this.stems, this.transport.duration_s);
    } catch (error) {
      void context.close();
      this.state.set({ is: "failed", why: (error as Error).message });
      return;
    }
    this.player.setGains(gainsOf(this.mix.channels.value));
    this.state.set({ is: "ready" });
    await this.take();
  }

  private async take(): Promise<void> {
    if (!this.player || this.transport.kind.value === "stems") return;
    this.transport.setRate(1);
    const old = await this.transport.swap(this.player);
    if (old === this.element) this.element?.handOver();
    else old.pause();
  }

  /** All faders flat again, and the mix itself instead of its parts. */
  async reset(): Promise<void> {
    this.mix.reset();
    if (!this.element || this.transport.kind.value !== "stems") return;
    const old = await this.transport.swap(this.element);
    old.pause();
  }

  levels(): number[] {
    return this.player && this.transport.kind.value === "stems" ? this.player.levels() : this.stems.map(() => 0);
  }
}

/** The faders' state, apart from any sound: what each channel is set to, and how loud that makes it. */

import { Signal } from "../core/signal";
import { linear } from "./player";

export const SILENT_DB = -60; // the bottom of a fader is silence
export const LOUDEST_DB = 6;

export interface Channel {
  gain_db: number;
  muted: boolean;
  solo: boolean;
}

export const FLAT: Channel = { gain_db: 0, muted: false, solo: false };

/** Gains of all channels: one solo silences all that are not solo; a mute always silences. */
export function gainsOf(channels: readonly Channel[]): number[] {
  const someSolo = channels.some((channel) => channel.solo);
  return channels.map((channel) => {
    if (channel.muted || (someSolo && !channel.solo) || channel.gain_db <= SILENT_DB) return 0;
    return linear(channel.gain_db);
  });
}

export class Mix {
  readonly channels: Signal<readonly Channel[]>;

  constructor(count: number) {
    this.channels = new Signal<readonly Channel[]>(Array.from({ length: count }, () => FLAT));
  }

  change(i: number, change: Partial<Channel>): void {
    this.channels.set(this.channels.value.map((channel, k) => (k === i ? { ...channel, ...change } : channel)));
  }

  reset(): void {
    this.channels.set(this.channels.value.map(() => FLAT));
  }

  get flat(): boolean {
    return this.channels.value.every((c) => c.gain_db === 0 && !c.muted && !c.solo);
  }
}

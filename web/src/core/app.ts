/** What every panel of a page is given. */

import type { Clicks } from "../audio/clicks";
import type { Desk } from "../audio/desk";
import type { Hearing } from "../audio/hearing";
import type { ShepardChords } from "../audio/shepard";
import type { Transport } from "../audio/transport";
import type { Notes, Sentence, SongData } from "../song";
import type { ThemeSwitch } from "../view/theme";
import type { Announcer } from "../view/announcer";
import type { BarClock } from "./bars";
import type { Rhythm } from "./rhythm";
import type { Signal } from "./signal";
import type { TimeView } from "./timeview";

export interface App {
  song: SongData;
  bars: BarClock | null;
  rhythm: Rhythm | null;                // which reading of the rhythm is shown
  clicks: Clicks | null;                // beats made audible
  tones: ShepardChords | null;          // chords made audible
  hearing: Hearing | null;              // original, transcription or both; null where nothing was transcribed
  threshold: Signal<number>;            // how sure a note must be to be shown and played
  surer(notes: Notes): number;          // how many are
  transport: Transport;
  refine(): Promise<void>; // make every seek of the mix exact
  desk: Desk;
  view: TimeView;
  theme: ThemeSwitch;
  announcer: Announcer;
  evidence: Signal<Sentence | null>; // the sentence whose evidence is shown
}

import type { Clock } from '../domain/calendar.ts';
import type { Settings } from '../store/settings.ts';
import type { StateFolder } from '../store/state-folder.ts';
import type { Credentials } from '../transfer/transfer.ts';

/** What every delivery stands on: settings, saved state, the clock, and who is at the keyboard. */
export interface House {
  readonly settings: Settings;
  /** Reads the settings again: what is sent right now must be what they say right now (D16). */
  readonly reloadSettings: () => Settings;
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly operator: string;
  /** Who may be asked for what a login lacks; absent where nobody is. */
  readonly credentials?: Credentials;
  /** The program's version, for `bag-info.txt`. */
  readonly version: string;
}

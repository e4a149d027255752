import { join } from 'node:path';
import type { House } from '../../src/delivery/house.ts';
import { clockAt } from '../../src/domain/calendar.ts';
import type { Target } from '../../src/domain/target.ts';
import { openState } from '../../src/store/state-folder.ts';

/** What a delivery stands on, below a folder of the test's own; targets may be added. */
export async function houseIn(home: string): Promise<House & { settings: { targets: Record<string, Target> } }> {
  const settings = { file: 'config.json', state: home, staging: home, twoPerson: false, source: undefined, targets: {}, origins: {} };
  const state = await openState(join(home, 's'), { create: true });
  return { settings, reloadSettings: () => settings, state, clock: clockAt(), operator: 'anna', version: '0' };
}

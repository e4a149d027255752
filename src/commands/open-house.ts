import type { House } from '../delivery/house.ts';
import { reconcile } from '../store/regions.ts';
import { loadSettings } from '../store/settings.ts';
import { openState } from '../store/state-folder.ts';
import { commandText } from '../text.ts';
import { remembering } from '../transfer/login/credentials.ts';
import { askSecret } from './ask.ts';
import type { CommandContext } from './command.ts';

/**
 * Settings and saved state for a command. `writes` makes a state folder that is missing and settles what a crash left; a command that only
 * reads never writes. A new, empty state is said aloud, since the wrong folder looks just like one.
 */
export async function openHouse(context: CommandContext, { writes }: { readonly writes: boolean }): Promise<House> {
  const { globals, env, clock, operator, program, output } = context;
  const reloadSettings = () => loadSettings({ configFlag: globals.config, env });
  const settings = reloadSettings();
  // Whatever is made from here on, sockets too, is the Unix group's (D12).
  if (writes) process.umask(0o007);
  const state = await openState(settings.state, { create: writes });
  if (writes) await reconcile(state);
  if (state.isNew) output.note(commandText.newState(state.dir));
  const credentials = context.mayAsk ? remembering((need) => askSecret(context, need)) : undefined;
  return { settings, reloadSettings, state, clock, operator, credentials, version: program.version };
}

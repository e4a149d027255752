import { OperatorError } from '../domain/operator-error.ts';
import { findRegion, REGIONS, type Region } from '../domain/regions.ts';
import type { CommandContext } from './command.ts';

/** The region that the command was given first, by länskod, slug or name. Throws `unknown_region`. */
export function regionArgument(context: CommandContext): Region {
  const given = context.args[0] ?? '';
  const region = findRegion(given);
  if (!region) throw new OperatorError('unknown_region', { given });
  return region;
}

/** The regions that a command speaks of: the one it was given, or all 21. */
export const regionsAsked = (context: CommandContext): readonly Region[] => (context.args.length > 0 ? [regionArgument(context)] : REGIONS);

import type { House } from '../delivery/house.ts';
import { undecided } from '../domain/checklist.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import { confirmsRegion, type Region } from '../domain/regions.ts';
import { readRegion } from '../store/regions.ts';
import { commandText } from '../text.ts';
import { ask } from './ask.ts';
import { type CommandContext, textOption } from './command.ts';
import { parseDuration } from './duration.ts';
import { joinWorker } from './join-worker.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watchWorker } from './watch-worker.ts';

/** The typed name is the region's, checked before anything is asked of disk or network. Throws `confirmation_mismatch`. */
function verifyName(region: Region, typed: string): void {
  if (!confirmsRegion(region, typed))
    throw new OperatorError('confirmation_mismatch', { region: region.name, code: region.code, slug: region.slug });
}

/** `leverera --torrkorning`: refuses what `leverera` would refuse; a name that was not typed yet is not missed. */
async function withoutDoing(context: CommandContext, region: Region): Promise<number> {
  const typed = textOption(context, 'bekrafta');
  if (typed !== undefined) verifyName(region, typed);
  const house = await openHouse(context, { writes: false });
  await verifyDecided(house, region);
  const { dryRun } = await import('./leverera-torrkorning.ts');
  return dryRun(context, house, region);
}

/** Undecided areas are said at once, not by a process in the background. */
async function verifyDecided(house: House, region: Region): Promise<void> {
  const record = await readRegion(house.state, region.code);
  const missing = undecided(record);
  if (missing.length > 0) throw new OperatorError('decisions_incomplete', { region: region.name, areas: missing.join(', ') });
  if (currentDecisions(record).every(({ answer }) => answer === 'gallra'))
    throw new OperatorError('nothing_to_deliver', { region: region.name });
}

/**
 * `leverera REGION --bekrafta NAMN`: starts or resumes the region's worker and follows it to its end. What does the work itself is loaded
 * where it is done: a watcher needs neither database nor SFTP, and starts in two thirds of the time without them.
 */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  if (context.options.torrkorning || context.options['dry-run']) return withoutDoing(context, region);
  if (context.clock.planning) throw new OperatorError('planning_clock');
  const typed = textOption(context, 'bekrafta') ?? (await ask(context, commandText.confirm(region.name), '--bekrafta NAMN'));
  verifyName(region, typed);
  const house = await openHouse(context, { writes: true });
  await verifyDecided(house, region);
  if (context.options.forgrund) {
    const { inForeground } = await import('./leverera-forgrund.ts');
    return inForeground(context, house, region, typed);
  }
  const maxOffline = textOption(context, 'max-offline');
  if (maxOffline !== undefined) parseDuration(maxOffline, '--max-offline');
  const connection = await joinWorker(context, house, region, typed, { asNew: context.options.ny === true, maxOffline });
  if (context.mayAsk) context.output.note(commandText.startedWorker(region.slug));
  return watchWorker(context, house, region, connection);
}

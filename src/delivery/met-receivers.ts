import { OperatorError } from '../domain/operator-error.ts';
import type { TargetBinding } from '../domain/target.ts';
import { readSoundLines } from '../store/journal.ts';
import type { StateFolder } from '../store/state-folder.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { deliveryIds, findPlan } from './read-deliveries.ts';
import type { TransferLine } from './staging-log.ts';

/** A receiver that a region's delivery has met. */
export interface MetReceiver {
  readonly region: string;
  readonly target: TargetBinding;
}

type Begin = Extract<TransferLine, { readonly type: 'begin' }>;

/**
 * Every receiver that any delivery of any region has met: as its plan says, and where that is gone or damaged as its transfer began with.
 * Throws `state_corrupt` where neither tells: where the delivery was bound to go, nothing else says.
 */
export async function metReceivers(state: Pick<StateFolder, 'dir' | 'deliveries'>): Promise<MetReceiver[]> {
  const ids = await deliveryIds(state);
  return (await Promise.all(ids.map((id) => metBy(state.dir, id)))).flat();
}

async function metBy(state: string, id: string): Promise<MetReceiver[]> {
  const folder = deliveryFolder(state, id);
  let damage: OperatorError | undefined;
  try {
    const plan = await findPlan(state, id);
    if (plan) return plan.target ? [{ region: plan.region, target: plan.target }] : [];
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'state_corrupt') throw error;
    damage = error;
  }
  const { records, firstBadLine } = await readSoundLines(folder.transfer, (line: TransferLine): line is Begin => line.type === 'begin');
  const [begin] = records;
  // An id begins with its region's code (`deliveryId`), and one delivery never goes on to another receiver.
  if (begin) return [{ region: id.slice(0, 2), target: begin.binding }];
  if (damage) throw damage;
  // The line that is damaged may have been the one that began it.
  if (firstBadLine !== undefined) throw new OperatorError('state_corrupt', { problem: 'delivery', path: folder.plan });
  // A run that was killed before it had written its plan leaves a folder without one, and has met nobody.
  return [];
}

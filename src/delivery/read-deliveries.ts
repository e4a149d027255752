import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { DeliverySummary, Receipt } from '../domain/delivery-record.ts';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { readJournal } from '../store/journal.ts';
import { isMissing } from '../store/shared-files.ts';
import type { StateFolder } from '../store/state-folder.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { type DeliveryProgress, type DeliveryRecord, progressOf } from './delivery-journal.ts';
import type { DeliveryPlan } from './plan.ts';

const corrupt = (path: string, cause?: unknown): OperatorError => new OperatorError('state_corrupt', { problem: 'delivery', path }, cause);

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // A file where the delivery's folder should be has none in it.
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw localError(error, path);
  }
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch (error) {
    throw corrupt(path, error);
  }
}

/** What a finished delivery proves, when it is what the journal's last word was about: the gate rests on it. */
async function readReceipt(path: string, sha256: string): Promise<Receipt> {
  const text = await readText(path);
  if (text === undefined || createHash('sha256').update(text).digest('hex') !== sha256) throw corrupt(path);
  return JSON.parse(text) as Receipt;
}

/** The plan in a delivery's folder, unless it was never written. Throws `state_corrupt` when it is damaged. */
export const findPlan = (state: string, id: string): Promise<DeliveryPlan | undefined> =>
  readJson<DeliveryPlan>(deliveryFolder(state, id).plan);

/** The plan of a delivery. Throws `state_corrupt` when it is gone or damaged: a region that names the delivery promises that it is there. */
export async function readPlan(state: string, id: string): Promise<DeliveryPlan> {
  const found = await findPlan(state, id);
  if (!found) throw corrupt(deliveryFolder(state, id).plan);
  return found;
}

/** The ids of every folder of deliveries, also of one that no region names; a stray file is none. */
export async function deliveryIds({ deliveries }: Pick<StateFolder, 'deliveries'>): Promise<string[]> {
  try {
    const entries = await readdir(deliveries, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if (isMissing(error)) return [];
    throw localError(error, deliveries);
  }
}

const outcomeOf = (progress: DeliveryProgress, isRunning: boolean): DeliverySummary['outcome'] => {
  if (progress.end?.type === 'done') return 'done';
  if (isRunning) return 'running';
  return progress.end?.type ?? 'cut';
};

/** A damaged journal is a delivery that failed: it can be given up, and nobody else's is held up by it. */
async function progressIn(journal: string): Promise<DeliveryProgress> {
  try {
    return progressOf(await readJournal<DeliveryRecord>(journal));
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'journal_damaged') throw error;
    return progressOf([{ type: 'failed', at: '', stage: 'export', code: error.code, facts: error.facts }]);
  }
}

/** What ended the last run, if an error did; a pause that somebody asked for has none. */
const errorOf = ({ end }: DeliveryProgress): Pick<DeliverySummary, 'error'> =>
  (end?.type === 'failed' || end?.type === 'paused') && end.code !== undefined ? { error: { code: end.code, facts: end.facts ?? {} } } : {};

/**
 * How one delivery stands, from its files alone; `isRunning` says whether the region's holder was asked and answered.
 * Throws `state_corrupt` when the plan, or the receipt of a finished delivery, is gone or not as it was written.
 */
export async function readDelivery(state: string, id: string, isRunning: boolean): Promise<DeliverySummary> {
  const folder = deliveryFolder(state, id);
  const plan = await readPlan(state, id);
  const progress = await progressIn(folder.journal);
  const outcome = outcomeOf(progress, isRunning);
  const receipt = progress.end?.type === 'done' ? await readReceipt(folder.receipt, progress.end.receiptSha256) : undefined;
  const { id: _, region, bag, areas, decisions, createdAt } = plan;
  return {
    id,
    region,
    bag,
    areas,
    decisions,
    startedAt: createdAt,
    stage: progress.end?.type === 'failed' ? progress.end.stage : progress.stage,
    outcome,
    ...(!isRunning && progress.end && { endedAt: progress.end.at }),
    ...(!isRunning && errorOf(progress)),
    ...(receipt && { receipt }),
  };
}

/** A region's deliveries, oldest first; only the last one can be running. */
export const readDeliveries = (state: string, ids: readonly string[], isRunning: boolean): Promise<DeliverySummary[]> =>
  Promise.all(ids.map((id, index) => readDelivery(state, id, isRunning && index === ids.length - 1)));

import { hostname } from 'node:os';
import { timestamp } from '../domain/calendar.ts';
import { type ErrorFacts, OperatorError } from '../domain/operator-error.ts';
import { appendAudit } from '../store/audit.ts';
import { isUnanswered } from '../transfer/login/login.ts';
import { type DeliveryJournal, progressOf } from './delivery-journal.ts';
import type { House } from './house.ts';
import type { Interruption } from './interruption.ts';
import { mayBePublished } from './may-be-published.ts';
import type { DeliveryPlan } from './plan.ts';

/** Writes down how a run ended, and returns the error that its watchers get. */
export async function recordEnd(
  house: House,
  plan: Pick<DeliveryPlan, 'id' | 'region'>,
  journal: DeliveryJournal,
  interruption: Interruption,
  error: unknown,
): Promise<unknown> {
  const at = timestamp(house.clock.now());
  const publishing: ErrorFacts = (await mayBePublished(house.state.dir, plan.id)) ? { publishing: 'ja' } : {};
  const facts = { region: plan.region, delivery: plan.id, ...publishing };
  if (error instanceof OperatorError && error.code === 'stopped') {
    if (interruption.reason === 'pause') {
      await journal.append({ type: 'paused', at }, true);
      return new OperatorError('paused', facts);
    }
    if (interruption.reason === 'stop') {
      await recordStop(house, plan.id, plan.region, interruption.operator ?? house.operator, journal);
      return new OperatorError('abandoned', facts);
    }
    return new OperatorError('stopped', publishing, error);
  }
  if (error instanceof OperatorError && error.code === 'staged_file_changed') await journal.append({ type: 'export-discarded', at }, true);
  if (isUnanswered(error)) {
    const unanswered = new OperatorError(error.code, { ...error.facts, ...publishing }, error);
    await journal.append({ type: 'paused', at, code: unanswered.code, facts: unanswered.facts }, true);
    return unanswered;
  }
  const { stage } = progressOf(journal.records);
  const failure = error instanceof OperatorError ? new OperatorError(error.code, { ...error.facts, ...publishing }, error) : undefined;
  await journal.append({ type: 'failed', at, stage, code: failure?.code ?? 'bug', facts: failure?.facts ?? {} }, true);
  return failure ?? error;
}

/** The delivery is given up: the next `leverera` makes a new one, `rensa` removes what this one left. */
export async function recordStop(
  house: Pick<House, 'state' | 'clock'>,
  delivery: string,
  region: string,
  operator: string,
  journal: DeliveryJournal,
): Promise<void> {
  const at = timestamp(house.clock.now());
  await appendAudit(house.state, { at, operator, host: hostname(), act: 'delivery_stopped', region, delivery });
  await journal.append({ type: 'stopped', at, operator }, true);
}

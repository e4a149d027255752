import type { DeliverySummary } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';

/**
 * What there is instead of a delivery that a command could act on: none at all, or the region's latest, and why it is not one.
 * `state` is a key of `text.deliveriesInstead`; of a failed one the facts are also those of its error.
 */
export function noDelivery(region: Pick<Region, 'code' | 'name'>, latest: DeliverySummary | undefined): OperatorError {
  const about = { region: region.name, code: region.code };
  if (!latest) return new OperatorError('no_delivery', { ...about, state: 'none' });
  const { outcome, error, bag, startedAt, endedAt = startedAt } = latest;
  const state = error?.code === 'target_missing' ? 'no_target' : outcome;
  return new OperatorError('no_delivery', { ...error?.facts, ...about, state, bag, at: endedAt, ...(error && { error: error.code }) });
}

import { decisionsKey } from '../domain/checklist.ts';
import type { Decision } from '../domain/decision.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';

/** What a new run of `leverera` means for a region (D14). */
export type Choice =
  | { readonly kind: 'new' }
  | { readonly kind: 'resume'; readonly delivery: DeliverySummary }
  | { readonly kind: 'finished'; readonly delivery: DeliverySummary };

/**
 * Decides from the latest delivery: an unfinished one is resumed, a finished one is the answer again unless `asNew`, a stopped one is history.
 * Throws `decisions_changed` when the decisions are no longer those that the delivery was planned on; of one that was cut at its publishing
 * (`mayBePublished`, asked only then) it never says that nothing is.
 */
export async function chooseDelivery(
  latest: DeliverySummary | undefined,
  decisions: readonly Decision[],
  asNew: boolean,
  mayBePublished: (id: string) => Promise<boolean>,
): Promise<Choice> {
  if (!latest || latest.outcome === 'stopped') return { kind: 'new' };
  const finished = latest.outcome === 'done';
  if (finished && asNew) return { kind: 'new' };
  if (decisionsKey(latest.decisions) !== decisionsKey(decisions)) {
    const { id: delivery, region, bag } = latest;
    const published = finished ? 'ja' : (await mayBePublished(delivery)) ? 'kanske' : 'nej';
    throw new OperatorError('decisions_changed', { delivery, finished: published, region, bag });
  }
  return { kind: finished ? 'finished' : 'resume', delivery: latest };
}

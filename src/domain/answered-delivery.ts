import type { DeliverySummary } from './delivery-record.ts';
import { latestKvittens, type RegionRecord } from './region-record.ts';

/**
 * The finished delivery that a region's paper is about: the one whose manifest it names, else the latest. `ambiguous` when the paper names none
 * and an earlier one waits for it: the paper of an earlier bag must never acknowledge a later one. `deliveries` are all of the region's, oldest first.
 */
export function answeredDelivery(
  deliveries: readonly DeliverySummary[],
  record: Pick<RegionRecord, 'receipts'>,
  manifestSha256: string | undefined,
): DeliverySummary | 'ambiguous' | undefined {
  const finished = deliveries.filter(({ outcome }) => outcome === 'done');
  const earlierWaits = finished.slice(0, -1).some(({ id }) => !latestKvittens(record, id));
  if (manifestSha256 === undefined && earlierWaits) return 'ambiguous';
  return finished.findLast(({ receipt }) => receipt?.manifestSha256 === manifestSha256?.toLowerCase()) ?? finished.at(-1);
}

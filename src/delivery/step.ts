import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { DeliveryRecord } from './delivery-journal.ts';

/** One step of a delivery: what must be on disk before the next step begins, and what those who watch are told. */
export interface Step {
  readonly record?: DeliveryRecord;
  readonly event?: DeliveryEvent;
}

import type { AreaId } from './areas.ts';
import type { Decision } from './decision.ts';
import type { DeliverySummary } from './delivery-record.ts';
import type { OperatorError } from './operator-error.ts';
import type { RegionRecord } from './region-record.ts';

/** What an area of a region *is*; derived from decisions and deliveries, never stored. `status` reports scripts fewer. */
export type AreaState =
  | 'saknas'
  | 'beslutad'
  | 'exporteras'
  | 'skickas'
  | 'pausad'
  /** Begun, and nobody works on it: killed, or the machine went down. */
  | 'avbruten'
  /** Sent, but the content was not verified. */
  | 'overford'
  | 'verifierad'
  | 'kvitterad'
  /** Acknowledged with something that does not agree. */
  | 'avvikelse'
  | 'fel';

export interface AreaView {
  readonly area: AreaId;
  readonly decision: Decision | undefined;
  readonly state: AreaState;
}

/** One region as every reader sees it: the wizard, line mode, `status` and the gate. */
export interface RegionView {
  readonly record: RegionRecord;
  readonly areas: readonly AreaView[];
  /** All its deliveries, oldest first; the last one is the current one. */
  readonly deliveries: readonly DeliverySummary[];
  /** The process that works on it now; of one that does not answer, as one that the system has stopped, nobody knows which. */
  readonly worker: { readonly pid: number | null } | null;
  /** Why what is saved of it cannot be trusted: then no delivery is known, every area's state is `fel`, and nothing may be disposed of. */
  readonly damage?: OperatorError;
}

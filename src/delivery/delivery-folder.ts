import { join } from 'node:path';

/** Where everything of one delivery lies: `<state>/deliveries/<id>/` (docs/architecture.md). */
export interface DeliveryFolder {
  readonly dir: string;
  readonly plan: string;
  readonly journal: string;
  /** The only file besides the bag's manifest that holds attachments' names (D13). */
  readonly transfer: string;
  readonly receipt: string;
  readonly kvitto: string;
  readonly log: string;
}

/** The folder of the delivery with this id. Nothing is created. */
export function deliveryFolder(state: string, id: string): DeliveryFolder {
  const dir = join(state, 'deliveries', id);
  return {
    dir,
    plan: join(dir, 'plan.json'),
    journal: join(dir, 'journal.jsonl'),
    transfer: join(dir, 'transfer.jsonl'),
    receipt: join(dir, 'receipt.json'),
    kvitto: join(dir, 'kvitto.txt'),
    log: join(dir, 'worker.log'),
  };
}

/** The folder of a region's lock sockets and of what its worker printed before it had a delivery. */
export const runFolder = (state: string, region: string): string => join(state, 'run', region);

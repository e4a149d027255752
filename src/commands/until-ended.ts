import type { DeliveryEvent } from '../domain/delivery-events.ts';

/** How a worker that was asked to end did so: `done` when it was faster than the wish. */
export type Ending = 'paused' | 'stopped' | 'done' | 'failed';

/** Reads events to the last one. */
export async function untilEnded(events: AsyncIterable<DeliveryEvent>): Promise<Ending> {
  for await (const event of events) {
    if (event.type === 'result') return 'done';
    if (event.type === 'error') return event.error === 'paused' ? 'paused' : event.error === 'abandoned' ? 'stopped' : 'failed';
  }
  return 'failed';
}

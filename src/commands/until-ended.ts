import type { DeliveryEvent } from '../domain/delivery-events.ts';

/** How a worker that was asked to end did so: `done` when it was faster than the wish. */
export type Ending = 'paused' | 'stopped' | 'done' | 'failed';

/** `isUncertain`: it was cut at its publishing, so that its bag may stand at the receiver. */
export interface Ended {
  readonly ending: Ending;
  readonly isUncertain: boolean;
}

/** Reads events to the last one. */
export async function untilEnded(events: AsyncIterable<DeliveryEvent>): Promise<Ended> {
  for await (const event of events) {
    if (event.type === 'result') return { ending: 'done', isUncertain: false };
    if (event.type === 'error') {
      const ending = event.error === 'paused' ? 'paused' : event.error === 'abandoned' ? 'stopped' : 'failed';
      return { ending, isUncertain: event.facts?.publishing !== undefined };
    }
  }
  return { ending: 'failed', isUncertain: false };
}

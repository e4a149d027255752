import { hostname } from 'node:os';
import { timestamp } from '../domain/calendar.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { AskSecret } from '../domain/secret-need.ts';
import { makeFolder } from '../store/shared-files.ts';
import { errorText, ourBugEvent } from '../text.ts';
import { remembering } from '../transfer/login/credentials.ts';
import { runFolder } from './delivery-folder.ts';
import type { DeliveryWish } from './delivery-wish.ts';
import { runningWorker, silentHolder } from './follow.ts';
import { Followers } from './followers.ts';
import type { House } from './house.ts';
import type { Interruption } from './interruption.ts';
import { takeRegionLock } from './region-lock.ts';
import { runDelivery } from './run-delivery.ts';

/** A worker that was done before anyone had time to look stays this long for its starter. */
const WAIT_FOR_FIRST_MS = 5_000;

/** So long a login waits for somebody to type what it lacks, before the delivery pauses. */
const ANSWER_MS = 60_000;

/** An error as the last event of a delivery; the message is one Swedish sentence without personal data (D13). */
export const errorEvent = (error: unknown): DeliveryEvent =>
  error instanceof OperatorError
    ? { type: 'error', code: error.exitCode, message: errorText(error).what, error: error.code, facts: error.facts }
    : { type: 'error', code: 1, message: ourBugEvent };

/** Who holds the region, as the facts of `locked`. */
async function lockedError(house: House, region: string): Promise<OperatorError> {
  const holder = await runningWorker(house.state.dir, region);
  if (holder === 'silent') return silentHolder(region);
  const { operator = '', host = '', since = '', pid = 0 } = holder ?? {};
  return new OperatorError('locked', { region, by: operator, host, since, pid });
}

/**
 * Holds the region's lock, does the delivery, and tells every follower; yields the same events. A worker, which has no terminal, asks its
 * followers for what a login lacks. Throws `locked` when another process holds the region, and what the delivery throws after the followers
 * have heard of it.
 */
export async function* holdRegion(
  house: House,
  wish: DeliveryWish,
  interruption: Interruption,
  waitsForFollower: boolean,
): AsyncGenerator<DeliveryEvent> {
  const region = wish.region.code;
  const dir = runFolder(house.state.dir, region);
  await makeFolder(dir);
  const hello = {
    type: 'hello',
    pid: process.pid,
    operator: house.operator,
    host: hostname(),
    since: timestamp(house.clock.now()),
  } as const;
  const followers = new Followers(hello, ({ command, operator }) => {
    if (command === 'retry') interruption.wake();
    else interruption.request(command, operator);
  });
  const lock = await takeRegionLock(dir, followers.add);
  if (!lock) throw await lockedError(house, region);
  let result: DeliveryEvent | undefined;
  try {
    const ask: AskSecret = (need) => followers.ask(need, ANSWER_MS, interruption.sending);
    const asking = waitsForFollower ? { ...house, credentials: remembering(ask) } : house;
    for await (const event of runDelivery(asking, wish, interruption)) {
      if (event.type === 'result') result = event;
      else followers.publish(event);
      yield event;
    }
  } catch (error) {
    if (!result) followers.publish(errorEvent(error));
    throw error;
  } finally {
    // Told when everything else has been let go of: whoever hears it is not met by this worker again.
    if (result) followers.publish(result);
    if (waitsForFollower) await followers.firstWithin(WAIT_FOR_FIRST_MS);
    // The lock goes first: whoever hears the end may start again at once.
    const released = lock.release();
    await followers.close();
    await released;
  }
}

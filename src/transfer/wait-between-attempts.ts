import { setTimeout as pause } from 'node:timers/promises';
import { stopIfAsked } from './remote/attempt.ts';

/** How often it is looked whether the machine has slept. */
const LOOK_MS = 1000;
/** So much more on the wall clock than on the monotonic one, which stands still meanwhile, was a sleep. */
const SLEEP_MS = 10_000;

const wallAhead = (): number => Date.now() - performance.now();

/**
 * Waits `ms`, or less: until `waking` says `wake`, since an operator does not want to wait, or the machine wakes from a sleep, since the line
 * may then be another. A clock that is set forward looks like a sleep; it costs one early attempt.
 * Throws OperatorError `stopped` when `signal` is aborted.
 */
export async function waitBetweenAttempts(ms: number, signal: AbortSignal, waking: EventTarget | undefined): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  const before = wallAhead();
  const looking = setInterval(() => {
    if (wallAhead() - before > SLEEP_MS) wake();
  }, LOOK_MS);
  waking?.addEventListener('wake', wake);
  try {
    await pause(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => stopIfAsked(signal));
  } finally {
    waking?.removeEventListener('wake', wake);
    clearInterval(looking);
  }
}

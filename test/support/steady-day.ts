import { setTimeout as pause } from 'node:timers/promises';
import { dayOf } from '../../src/domain/calendar.ts';

/** For tests that deliver twice, or say what day it is: waits past a Swedish midnight that is less than this near. */
export async function steadyDay(minutes: number): Promise<void> {
  const day = (inMinutes: number) => dayOf(new Date(Date.now() + inMinutes * 60_000));
  while (day(0) !== day(minutes)) await pause(1000);
}

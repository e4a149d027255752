import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TransferEvent } from '../../src/transfer/transfer.ts';
import type { StagedBag } from './bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow } from './bag-to-send.ts';

/** The bag stands in the folder as it was staged, and nothing else does. */
export async function expectArrived(folder: string, bag: StagedBag): Promise<void> {
  expect(await readdir(folder)).toEqual([BAG]);
  expect(await hashesBelow(join(folder, BAG))).toEqual(expectedHashes(bag));
}

/** The one `.part` folder below a target folder. Throws when there is none. */
export async function partBelow(folder: string): Promise<string> {
  const part = (await readdir(folder)).find((name) => name.endsWith('.part'));
  if (!part) throw new Error(`no .part folder in ${folder}`);
  return join(folder, part);
}

/** What a run ended with, when it must not have ended well. */
export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error) => error,
  );

/** Acts once, when the upload has so many bytes acknowledged. */
export function onceAcked(bytes: number, act: () => void): (event: TransferEvent) => void {
  let isDone = false;
  return (event) => {
    if (isDone || event.type !== 'progress' || event.stage !== 'upload' || event.bytes < bytes) return;
    isDone = true;
    act();
  };
}

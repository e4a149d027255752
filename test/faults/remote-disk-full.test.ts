import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/domain/target.ts';
import type { TransferEvent } from '../../src/transfer/transfer.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import type { SshdTarget } from '../support/sshd-target.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

/** A file system of its own, so that it can be filled; only root may mount one. */
function mountTmpfs(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canMount = await (async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mount-'));
  const isMounted = mountTmpfs(folder, 1);
  if (isMounted) execFileSync('umount', [folder]);
  await rm(folder, { recursive: true });
  return isMounted;
})();
const skip = SSHD_SKIP || (canMount ? '' : ' (SKIPPED: only root may mount a small file system to fill)');

describe.skipIf(skip !== '' || !SSHD_PATH)(`F11: the server's disk is full${skip}`, () => {
  let there: SshdTarget;
  let bag: StagedBag;
  let folder: string;
  let target: Target;
  const filler = () => join(folder, 'someone-elses-file');

  beforeEach(async () => {
    there = await startSshdTarget();
    folder = await mkdtemp(join(there.home, 'small-disk-'));
    mountTmpfs(folder, 160);
    target = { ...there.target, path: folder };
    bag = await stageBag(join(there.home, BAG), { 'data/omrade1_anmalningar.csv': 50 * MiB, 'data/omrade2_anteckningar.csv': 2 * MiB });
  });
  afterEach(async () => {
    execFileSync('umount', [folder]);
    await there.close();
  });

  const fill = () => {
    const { bavail, bsize } = statfsSync(folder);
    try {
      writeFileSync(filler(), Buffer.alloc(bavail * bsize));
    } catch (error) {
      // An upload that is under way may take the last of it first: full is full.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  };
  /** Fills the disk once, when a fifth has arrived. */
  const fillOnTheWay = () => {
    let isFilled = false;
    return (event: TransferEvent) => {
      if (isFilled || event.type !== 'progress' || event.bytes < 10 * MiB) return;
      isFilled = true;
      fill();
    };
  };

  it('before the first byte: the run ends with what is needed and what is free (16)', async () => {
    fill();
    const error = await send({ target, journal: new MemoryJournal(), bag, waitForSpace: true }).catch((e) => e);
    expect(error).toMatchObject({ code: 'remote_disk_full', exitCode: 16 });
    expect(error.facts.needed).toBe(52 * MiB + 200 + 64 * MiB);
    expect(error.facts.free).toBeLessThan(MiB);
  });

  it('on the way, with --forgrund: the run ends, nothing is published or removed, and the next run goes on', async () => {
    there.proxy.throttle(40 * MiB);
    const journal = new MemoryJournal();
    const error = await send({ target, journal, bag, maxOfflineMs: 60_000 }, { onEvent: fillOnTheWay() }).catch((e) => e);
    expect(error).toMatchObject({ code: 'remote_disk_full', exitCode: 16 });
    expect(existsSync(join(folder, BAG))).toBe(false);
    rmSync(filler());
    there.proxy.throttle(null);
    const { events } = await send({ target, journal: new MemoryJournal(journal.lines), bag });
    expect(await hashesBelow(join(folder, BAG))).toEqual(expectedHashes(bag));
    expect(events.some((event) => event.type === 'progress' && event.resumedBytes > 0)).toBe(true);
  });

  it('on the way, by the worker: it waits, and goes on by itself when there is room', async () => {
    there.proxy.throttle(40 * MiB);
    const fillOnce = fillOnTheWay();
    let waits = 0;
    const onEvent = (event: TransferEvent) => {
      fillOnce(event);
      if (event.type === 'retry' && event.reason === 'disk_full' && ++waits === 2) rmSync(filler());
    };
    const request = { target, journal: new MemoryJournal(), bag, maxOfflineMs: 60_000, waitForSpace: true };
    await send(request, { spacePollMs: 300, onEvent });
    expect(waits).toBe(2);
    expect(await hashesBelow(join(folder, BAG))).toEqual(expectedHashes(bag));
  });
});

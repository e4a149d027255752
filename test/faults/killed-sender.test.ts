import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';
import { sender } from '../support/sender.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import type { SshdTarget } from '../support/sshd-target.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

describe.skipIf(!SSHD_PATH)(`F1: kill -9 of the sender${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  let bag: StagedBag;
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    there = await startSshdTarget();
    bag = await stageBag(join(there.home, BAG), { 'data/omrade1_anmalningar.csv': 60 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
    source = await compileSource('domain', 'transfer');
  });
  afterAll(async () => {
    await source.remove();
    await there.close();
  });

  it('at five instants of one delivery; what is published is identical, and at most 64 MiB is sent again each time', async () => {
    const { target, proxy, home, sshd } = there;
    const journalFile = join(home, 'transfer.jsonl');
    const request = {
      target,
      pinnedHostKeys: [],
      bag: BAG,
      dir: bag.dir,
      files: bag.files,
      maxOfflineMs: 0,
      waitForSpace: false,
      journalFile,
    };
    const readJournal = (): TransferRecord[] =>
      readFileSync(journalFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    proxy.throttle(60 * MiB);
    for (const instant of [
      /connected;/,
      /upload ([7-9]|\d\d) MiB;/,
      /upload (2[3-9]|[3-6]\d) MiB;/,
      /upload (4[1-9]|[56]\d) MiB;/,
      /verify/,
    ]) {
      // From the proof to the published name is some round trips: time enough to be killed in, also when the one who kills is slow.
      if (instant.source === 'verify') proxy.delay(500);
      const child = startChild(sender(source.dir), [JSON.stringify(request)]);
      await child.printed(instant);
      child.process.kill('SIGKILL');
      expect(await child.ended).toBe('SIGKILL');
      expect(existsSync(join(sshd.folder, BAG))).toBe(false);
    }
    proxy.delay(0);
    const { result } = await send({ target, bag, journal: new MemoryJournal(existsSync(journalFile) ? readJournal() : []) });
    expect(await hashesBelow(join(sshd.folder, BAG))).toEqual(expectedHashes(bag));
    const resent = readJournal().flatMap((line) => (line.type === 'resumed' ? [line.resent] : []));
    expect(resent.length).toBeGreaterThan(2);
    for (const bytes of resent) expect(bytes).toBeLessThanOrEqual(64 * MiB);
    expect(result.bytesResent).toBeLessThan(5 * 60 * MiB);
  });
});

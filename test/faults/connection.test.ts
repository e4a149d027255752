import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TransferEvent, TransferRecord } from '../../src/transfer/transfer.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import type { SshdTarget } from '../support/sshd-target.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

const LARGE = 'data/omrade1_anmalningar.csv';
const FAST = 40 * MiB;

describe.skipIf(!SSHD_PATH)(`faults of the line and the server${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  let bag: StagedBag;
  beforeEach(async () => {
    there = await startSshdTarget();
    bag = await stageBag(join(there.home, BAG), { [LARGE]: 40 * MiB, 'data/omrade2_anteckningar.csv': 3 * MiB });
  });
  afterEach(() => there.close());

  /** Does something once, when so many bytes are acknowledged. */
  const once = (bytes: number, act: () => void) => {
    let isDone = false;
    return (event: TransferEvent) => {
      if (isDone || event.type !== 'progress' || event.stage !== 'upload' || event.bytes < bytes) return;
      isDone = true;
      act();
    };
  };
  /** Does something once, when the journal holds a durable offset of the large file. */
  class ActingJournal extends MemoryJournal {
    readonly #act: () => void;
    #isDone = false;

    constructor(act: () => void) {
      super();
      this.#act = act;
    }

    override async append(record: TransferRecord): Promise<void> {
      await super.append(record);
      if (this.#isDone || record.type !== 'checkpoint' || record.file !== LARGE || record.durable === 0) return;
      this.#isDone = true;
      this.#act();
    }
  }
  /** Of the large file: where it was gone on with, and what was durable then. */
  const resumedAt = ({ lines }: MemoryJournal) => {
    const at = lines.findIndex((line) => line.type === 'resumed' && line.file === LARGE);
    const before = lines.slice(0, at).flatMap((line) => (line.type === 'checkpoint' && line.file === LARGE ? [line.durable] : []));
    const resumed = lines[at];
    return { from: resumed?.type === 'resumed' ? resumed.from : undefined, durable: before.at(-1) };
  };
  const expectPublished = async () => {
    expect(await hashesBelow(join(there.sshd.folder, BAG))).toEqual(expectedHashes(bag));
    expect(await readdir(there.sshd.folder)).toEqual([BAG]);
  };

  it('F3: reset in the middle, the same process connects again and goes on', async () => {
    const { target, proxy } = there;
    proxy.throttle(FAST);
    const journal = new ActingJournal(() => proxy.cut());
    const { events } = await send({ target, journal, bag, maxOfflineMs: 60_000 });
    await expectPublished();
    expect(events.filter((event) => event.type === 'retry')).toHaveLength(1);
    expect(events.filter((event) => event.type === 'connected')).toHaveLength(2);
    // What was durable is not sent again.
    const { from, durable } = resumedAt(journal);
    expect(from).toBeGreaterThan(0);
    expect(from).toBe(durable);
  });

  it('F3: before the first byte a line that is down ends the run at once (13)', async () => {
    const { target, sshd } = there;
    await sshd.kill();
    const sending = send({ target: { ...target, port: sshd.port }, journal: new MemoryJournal(), bag, maxOfflineMs: 3_600_000 });
    await expect(sending).rejects.toMatchObject({ code: 'sftp_down', exitCode: 13, facts: { reason: 'ECONNREFUSED', nothingSent: 'ja' } });
  });

  it('F4: a black hole is noticed by the watchdog, not by TCP', async () => {
    const { target, proxy } = there;
    proxy.throttle(FAST);
    const patience = { watchdogMs: 1000, metadataMs: 30_000, fsyncMs: 30_000 };
    const stall = once(10 * MiB, () => proxy.stall());
    const sending = send({ target, journal: new MemoryJournal(), bag }, { patience, onEvent: stall });
    await expect(sending).rejects.toMatchObject({ code: 'sftp_down', facts: { reason: 'stalled' } });
    // What was sent is there to go on from.
    await expect(sending).rejects.not.toHaveProperty('facts.nothingSent');
  });

  it('F5: a slow line with a deep queue is not taken for a dead one', async () => {
    const { target, proxy, home } = there;
    const small = await stageBag(join(home, 'slow'), { 'data/omrade1_anmalningar.csv': 3 * MiB });
    proxy.throttle(700_000);
    // Its disk may be slow as well: that is not what is tried here.
    const patience = { watchdogMs: 1500, metadataMs: 1500, fsyncMs: 60_000 };
    const { events } = await send({ target, journal: new MemoryJournal(), bag: small }, { patience });
    expect(events.filter((event) => event.type === 'retry')).toEqual([]);
  });

  it('F6: the server is restarted, the run waits and goes on at D', async () => {
    const { target, proxy, sshd } = there;
    proxy.throttle(FAST);
    let restarted: Promise<void> | undefined;
    const journal = new ActingJournal(() => {
      restarted = sshd.kill().then(sshd.start);
    });
    const { result } = await send({ target, journal, bag, maxOfflineMs: 60_000 });
    await restarted;
    await expectPublished();
    expect(result.bytesResent).toBeLessThanOrEqual(64 * MiB);
    const { from, durable } = resumedAt(journal);
    expect(from).toBeGreaterThan(0);
    expect(from).toBe(durable);
  });

  it('F34: another host key at the reconnection is a hard stop, without any login (14, N01)', async () => {
    const { target, proxy, sshd } = there;
    proxy.throttle(FAST);
    const [pinned] = await sshd.fingerprints();
    let logBefore = '';
    let swapped: Promise<void> | undefined;
    const swap = once(20 * MiB, () => {
      swapped = (async () => {
        await sshd.changeHostKeys();
        await sshd.kill();
        logBefore = await sshd.log();
        await sshd.start();
      })();
    });
    const error = await send({ target, journal: new MemoryJournal(), bag, maxOfflineMs: 60_000 }, { onEvent: swap }).catch((e) => e);
    await swapped;
    const [seen] = await sshd.fingerprints();
    expect(error).toMatchObject({ code: 'host_key_changed', exitCode: 14, facts: { seen, pinned } });
    const logged = (await sshd.log()).slice(logBefore.length);
    expect(logged).toMatch(/Connection (from|reset|closed)/);
    expect(logged).not.toMatch(/publickey|password|userauth|Accepted|Failed|authenticating user/i);
    expect(existsSync(join(sshd.folder, BAG))).toBe(false);
  });
});

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransferEvent } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived, onceAcked, partBelow } from '../support/arrived.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { honest, type ScriptedSftp, silence, startScriptedSftp } from '../support/scripted-sftp.ts';
import { SFTP_SERVER_PATH, SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

const SIZES = { 'data/omrade1_anmalningar.csv': 40 * MiB, 'data/omrade3_diarienummer.csv': 90_000 };
const OFFLINE = { maxOfflineMs: 60_000 };
const FAST = 40 * MiB;
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const retries = (events: readonly TransferEvent[]) => events.filter((event) => event.type === 'retry');

describe.skipIf(!SSHD_PATH)(`sessions that OpenSSH ends, refuses or rekeys${SSHD_SKIP}`, () => {
  let close = async () => {};
  afterEach(() => close());
  const start = async (options: Parameters<typeof startSshdTarget>[0]) => {
    const there = await startSshdTarget(options);
    close = there.close;
    return { ...there, bag: await stageBag(join(there.home, BAG), SIZES) };
  };

  it.skipIf(!SFTP_SERVER_PATH)('F8: the sftp-server process is killed while SSH lives: a new channel, no new login', async () => {
    const { target, sshd, proxy, bag } = await start({ sftp: SFTP_SERVER_PATH });
    proxy.throttle(FAST);
    let killed = 0;
    const onEvent = onceAcked(20 * MiB, () => {
      killed = sshd.killSftpServers();
    });
    const { result } = await send({ target, journal: new MemoryJournal(), bag, ...OFFLINE }, { onEvent });
    expect(killed).toBeGreaterThan(0);
    expect(result.bytesResent).toBeLessThanOrEqual(64 * MiB);
    expect(count(await sshd.log(), /Accepted publickey/g)).toBe(1);
    await expectArrived(sshd.folder, bag);
  });

  it.each([1, 2, 3])('F9: a server that allows %i sessions is used with so many', async (sessions) => {
    const { target, sshd, proxy, bag } = await start({ config: [`MaxSessions ${sessions}`] });
    proxy.throttle(FAST);
    const { result, events } = await send({ target, journal: new MemoryJournal(), bag });
    expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
    expect(retries(events)).toEqual([]);
    expect(count(await sshd.log(), /Accepted publickey/g)).toBe(1);
    await expectArrived(sshd.folder, bag);
  });

  it('F10: new keys in the middle of the transfer are invisible, and the host key is not asked about again', async () => {
    const { target, sshd, bag } = await start({ config: ['RekeyLimit 2M none', 'LogLevel DEBUG1'] });
    const { result, events } = await send({ target, journal: new MemoryJournal(), bag });
    expect(count(await sshd.log(), /rekey/gi)).toBeGreaterThan(10);
    expect(events.filter((event) => event.type === 'connected')).toHaveLength(1);
    expect(retries(events)).toEqual([]);
    expect(result.bytesResent).toBe(0);
    await expectArrived(sshd.folder, bag);
  });
});

describe('servers that hang, refuse or are away', () => {
  let server: ScriptedSftp;
  afterEach(() => server.close());
  const start = async (bytes = 12 * MiB) => {
    server = await startScriptedSftp();
    return stageBag(join(server.home, BAG), { 'data/omrade1_anmalningar.csv': bytes, 'data/omrade3_diarienummer.csv': 90_000 });
  };
  /** Resets the line once, when the large file has come so far. */
  const dropAt = (offset: number, act = () => {}) => {
    server.rule = async (request, next, line) => {
      if (request.op !== 'write' || request.offset < offset) return next();
      server.rule = honest;
      act();
      line.drop();
      return null;
    };
  };
  /** The disk is real, and may be busy with what others write: only what is tried is impatient. */
  const PATIENT = { watchdogMs: 60_000, metadataMs: 60_000, fsyncMs: 60_000 };

  it('F41: an OPEN that is never answered ends that connection, and the next one goes on', async () => {
    const bag = await start();
    let hung = 0;
    server.rule = async (request, next) => (request.op === 'open' && (request.flags & 2) !== 0 && hung++ === 0 ? silence : next());
    const patience = { ...PATIENT, metadataMs: 2000 };
    const { events } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }, { patience });
    expect(retries(events)).toMatchObject([{ reason: 'stalled' }]);
    await expectArrived(server.folder, bag);
  });

  it('F41: a server that answers nothing any more is given up when the time is up (13), with everything kept', async () => {
    const bag = await start();
    server.rule = async (request, next) => (request.op === 'write' && request.offset > 6 * MiB ? silence : next());
    const patience = { ...PATIENT, watchdogMs: 1000 };
    const sending = send({ target: server.target, journal: new MemoryJournal(), bag, maxOfflineMs: 1500 }, { patience });
    expect(await errorOf(sending)).toMatchObject({ code: 'sftp_down', facts: { reason: 'stalled' } });
    expect(await partBelow(server.folder)).toBeTruthy();
  });

  it('F5: a long listing whose every answer comes in time is not taken for silence', async () => {
    server = await startScriptedSftp();
    const sizes = Object.fromEntries(Array.from({ length: 350 }, (_, nr) => [`data/omrade2_bilagor/${nr}.pdf`, 10]));
    const bag = await stageBag(join(server.home, BAG), sizes);
    // One after another, so that the last of them comes long after the patience of the first.
    let before: Promise<unknown> = Promise.resolve();
    server.rule = async ({ op }, next) => {
      if (op !== 'readdir') return next();
      before = before.then(() => sleep(150));
      await before;
      return next();
    };
    const patience = { ...PATIENT, watchdogMs: 1000 };
    const { events } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }, { patience });
    expect(retries(events)).toEqual([]);
    await expectArrived(server.folder, bag);
  });

  it('F36: a name that cannot be looked up any more is asked for again, and the delivery goes on when it is found', async () => {
    const bag = await start();
    const target = { ...server.target };
    dropAt(6 * MiB, () => {
      target.host = 'sminet.invalid';
    });
    const reasons: string[] = [];
    const onEvent = (event: TransferEvent) => {
      if (event.type !== 'retry') return;
      reasons.push(event.reason);
      if (reasons.length === 2) target.host = server.target.host;
    };
    await send({ target, journal: new MemoryJournal(), bag, ...OFFLINE }, { onEvent });
    // The first is the line that was lost; then a resolver says that there is no such name, or that it knows nothing now.
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    await expectArrived(server.folder, bag);
  });

  it.each(['an operator does not want to wait', 'the machine has slept'] as const)(
    'F36: while nobody answers it waits longer and longer, and goes on at once when %s',
    async (why) => {
      const bag = await start();
      const waking = new EventTarget();
      dropAt(6 * MiB, () => {
        server.isAway = true;
      });
      // So long a wait that only a waking ends it before the test's time is up.
      const longest = vi.spyOn(Math, 'random').mockReturnValue(1);
      const now = Date.now.bind(Date);
      let sleptMs = 0;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + sleptMs);
      const waits: number[] = [];
      const onEvent = (event: TransferEvent) => {
        if (event.type !== 'retry') return;
        waits.push(event.waitMs);
        if (waits.length === 7) server.isAway = false;
        if (why === 'the machine has slept') sleptMs += 8 * 3_600_000;
        else waking.dispatchEvent(new Event('wake'));
      };
      try {
        const request = { target: server.target, journal: new MemoryJournal(), bag, waking, maxOfflineMs: 3_600_000 };
        await send(request, { onEvent });
      } finally {
        longest.mockRestore();
        clock.mockRestore();
      }
      expect(waits).toHaveLength(7);
      expect(waits.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
      for (const waitMs of waits.slice(5)) expect(waitMs).toBeGreaterThanOrEqual(32_000);
      await expectArrived(server.folder, bag);
    },
  );

  it('F35: a login that is refused at the reconnection is not tried again and again; what was sent is kept (13)', async () => {
    const bag = await start();
    dropAt(6 * MiB, () => {
      server.accepts = false;
    });
    const journal = new MemoryJournal();
    const error = await errorOf(send({ target: server.target, journal, bag, maxOfflineMs: 3_600_000 }));
    expect(error).toMatchObject({ code: 'sftp_login', exitCode: 13, facts: { reason: 'refused' } });
    expect(server.refusals).toBe(1);
    server.accepts = true;
    const next = new MemoryJournal(journal.lines);
    await send({ target: server.target, journal: next, bag });
    const from = next.lines.flatMap((line) => (line.type === 'resumed' ? [line.from] : []));
    expect(from).toEqual([expect.any(Number)]);
    expect(from[0]).toBeGreaterThan(0);
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['forth', (asked: number) => asked],
    ['back', (asked: number) => -asked],
    ['back and forth', (asked: number) => (asked % 2 === 0 ? 1 : -1)],
  ])('F38: a clock that jumps by hours, %s, changes nothing: waits and deadlines are monotonic', async (_, jumps) => {
    const bag = await start();
    const real = Date.now.bind(Date);
    let asked = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + jumps(asked++) * 5 * 3_600_000);
    try {
      dropAt(6 * MiB, () => {
        server.isAway = true;
      });
      const onEvent = (event: TransferEvent) => {
        if (event.type === 'retry' && event.attempt === 2) server.isAway = false;
      };
      const request = { target: server.target, journal: new MemoryJournal(), bag, maxOfflineMs: 30_000 };
      const { events } = await send(request, { onEvent });
      expect(retries(events)).toHaveLength(2);
    } finally {
      clock.mockRestore();
    }
    await expectArrived(server.folder, bag);
  });
});

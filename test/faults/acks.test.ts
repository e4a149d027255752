import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import type { TransferEvent, TransferRecord } from '../../src/transfer/transfer.ts';
import { expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import type { Line, Rule, ScriptedSftp } from '../support/scripted-sftp.ts';
import { EXTENSIONS, silence, startScriptedSftp } from '../support/scripted-sftp.ts';
import type { Reply, SftpRequest } from '../support/sftp-packets.ts';
import { status } from '../support/sftp-packets.ts';

const LARGE = 'data/omrade1_anmalningar.csv';
const CHUNK = 261_120;
const OFFLINE = { maxOfflineMs: 60_000 };
/** Enough for a disk that others use as well. */
const IMPATIENT = { watchdogMs: 3000, metadataMs: 30_000, fsyncMs: 30_000 };

describe('writes, replies and fsync that are not what they seem', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { [LARGE]: 24 * MiB, 'data/omrade2_anteckningar.csv': 600_000 });
  });
  afterEach(() => server.close());

  const isLargeWrite = ({ op, path }: SftpRequest) => op === 'write' && path.endsWith(LARGE);
  const isSync = ({ extension, path }: SftpRequest) => extension === 'fsync@openssh.com' && path.endsWith(LARGE);
  const checkpoints = (journal: MemoryJournal) =>
    journal.lines.flatMap((line) => (line.type === 'checkpoint' && line.file === LARGE ? [line] : []));
  const resumed = (journal: MemoryJournal) => journal.lines.flatMap((line) => (line.type === 'resumed' ? [line] : []));
  /** How often the range that begins at `offset` was sent. */
  const timesSent = (offset: number) => server.requests.filter((request) => isLargeWrite(request) && request.offset === offset).length;
  /** The rule fails the write of the chunk at `offset`, the first `times` times. */
  const failing = (offset: number, code: number, times: number): Rule => {
    let failed = 0;
    return async (request, next) => (isLargeWrite(request) && request.offset === offset && failed++ < times ? status(code) : next());
  };

  it.each([
    ['F13: the disk is full for one write and not for the next', 14, 'disk_full'],
    ['F15: one write fails and later ones succeed', 4, 'refused'],
  ])('%s: W stops before it, the hole is sent again, and only then the bag is published', async (_, code, reason) => {
    const hole = 30 * CHUNK;
    server.rule = failing(hole, code, 1);
    const journal = new MemoryJournal();
    const request = { target: server.target, journal, bag, waitForSpace: true, ...OFFLINE };
    const { events } = await send(request, { spacePollMs: 100 });
    expect(events.filter((event) => event.type === 'retry')).toMatchObject([{ reason }]);
    const untilResumed = journal.lines.slice(0, journal.lines.indexOf(resumed(journal)[0] as TransferRecord));
    for (const { acked, durable } of checkpoints(new MemoryJournal(untilResumed)))
      expect(Math.max(acked, durable)).toBeLessThanOrEqual(hole);
    expect(timesSent(hole)).toBe(2);
    await expectArrived(server.folder, bag);
  });

  it('F15: a write that always fails, whatever happens to the others, ends the run and publishes nothing', async () => {
    server.rule = failing(30 * CHUNK, 4, Number.POSITIVE_INFINITY);
    await expect(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE })).rejects.toMatchObject({
      code: 'sftp_failed',
    });
    expect(server.requests.filter(({ op, path }) => op === 'rename' && path.endsWith('.part'))).toEqual([]);
    expect(await partBelow(server.folder)).toBeTruthy();
  });

  it('F16: replies out of order: W is what was acknowledged without a gap', async () => {
    const acked = new Set<number>();
    const contiguous = () => {
      let end = 0;
      while (acked.has(end)) end += CHUNK;
      return end;
    };
    let count = 0;
    let syncs = 0;
    let whenSynced = 0;
    // A gap that stands while the checkpoint on the way is taken, with writes beyond it.
    const gap = 84 * CHUNK;
    const marks = new EventTarget();
    const [beyondGap, synced] = [once(marks, 'beyond gap'), once(marks, 'synced')];
    server.rule = async (request, next) => {
      if (isSync(request)) {
        // W was taken before this was sent, so it can hold no more than what was answered by now.
        whenSynced = contiguous();
        syncs += 1;
        if (syncs === 2) {
          await beyondGap;
          marks.dispatchEvent(new Event('synced'));
        }
      }
      if (!isLargeWrite(request)) return next();
      if (request.offset > gap) marks.dispatchEvent(new Event('beyond gap'));
      if (request.offset === gap) await synced;
      const reply = await next();
      count += 1;
      // Every second reply waits for the one after it, but for the last, which nothing follows.
      if (count % 2 === 1 && request.offset + request.length < 20 * MiB) await new Promise((resolve) => setTimeout(resolve, 30));
      acked.add(request.offset);
      return reply;
    };
    const journal = new MemoryJournal();
    const append = journal.append.bind(journal);
    let checked = 0;
    journal.append = async (record: TransferRecord) => {
      if (record.type === 'checkpoint' && record.file === LARGE) {
        checked += 1;
        expect(record.acked).toBeLessThanOrEqual(whenSynced);
      }
      await append(record);
    };
    let shownAhead = 0;
    const onEvent = (event: TransferEvent) => {
      if (event.type === 'progress' && event.stage === 'upload') shownAhead = Math.max(shownAhead, event.bytes - contiguous());
    };
    const { result } = await send({ target: server.target, journal, bag }, { onEvent });
    // No more than the other two files.
    expect(shownAhead).toBeLessThanOrEqual(600_200);
    // That of the canary, one on the way and the last.
    expect(checked).toBeGreaterThan(2);
    expect(result.bytesResent).toBe(0);
    await expectArrived(server.folder, bag);
  });

  it.each<[string, (request: SftpRequest, line: Line, reply: Reply) => void]>([
    ['comes twice', ({ id }, line, reply) => line.reply(id, reply)],
    ['answers what was never asked', (_request, line) => line.reply(0x7000_0000, status(0))],
    ['is of another kind than was asked for', ({ id }, line) => line.reply(id, { type: 'handle', handle: 'x' })],
  ])('F16: a reply that %s ends the session, and a new one goes on from what was proven before it', async (_, forge) => {
    const acked = new Set<number>();
    let isForged = false;
    server.rule = async (request, next, line) => {
      const reply = await next();
      if (!isLargeWrite(request)) return reply;
      if (!isForged && request.offset > 70 * CHUNK) {
        isForged = true;
        forge(request, line, reply);
      }
      acked.add(request.offset);
      return reply;
    };
    const journal = new MemoryJournal();
    const { events } = await send({ target: server.target, journal, bag, ...OFFLINE });
    expect(events.filter((event) => event.type === 'retry')).toMatchObject([{ reason: 'protocol' }]);
    expect(server.logins).toBe(2);
    const from = resumed(journal)[0]?.from ?? 0;
    expect(from).toBeGreaterThan(0);
    for (let offset = 0; offset < from; offset += CHUNK) expect(acked).toContain(offset);
    await expectArrived(server.folder, bag);
  });

  it('F17: a server that writes out of order and dies leaves holes above W only, and they are overwritten', async () => {
    const hole = 20 * CHUNK; // beyond what the canary proved, 16 MiB and more before the end
    let isDead = false;
    server.rule = async (request, next) => {
      if (isDead || !isLargeWrite(request) || request.offset !== hole) return next();
      isDead = true;
      return silence;
    };
    const journal = new MemoryJournal();
    // It says nothing more when everything but the hole is answered: whatever was to be called durable is by then.
    const { events } = await send({ target: server.target, journal, bag, ...OFFLINE }, { patience: IMPATIENT });
    expect(events.filter((event) => event.type === 'retry')).toMatchObject([{ reason: 'stalled' }]);
    expect(timesSent(80 * CHUNK)).toBe(2);
    const [first] = resumed(journal);
    expect(first?.from).toBeGreaterThan(0);
    expect(first?.from).toBeLessThanOrEqual(hole);
    const before = checkpoints(new MemoryJournal(journal.lines.slice(0, journal.lines.indexOf(first as TransferRecord))));
    for (const { acked } of before) expect(acked).toBeLessThanOrEqual(hole);
    await expectArrived(server.folder, bag);
  });

  it('F18: without fsync nothing is called durable, and a resume reads back the seam before it goes on', async () => {
    const { 'fsync@openssh.com': _, ...without } = EXTENSIONS;
    server.extensions = without;
    let isCut = false;
    server.rule = async (request, next, line) => {
      if (isCut || !isLargeWrite(request) || request.offset < 20 * MiB) return next();
      isCut = true;
      line.drop();
      return null;
    };
    const journal = new MemoryJournal();
    const { result } = await send({ target: server.target, journal, bag, ...OFFLINE });
    expect(result.notes).toContain('no_fsync');
    for (const { durable } of checkpoints(journal)) expect(durable).toBe(0);
    const from = resumed(journal)[0]?.from ?? 0;
    expect(resumed(journal)).toHaveLength(1);
    expect([8 * MiB, 16 * MiB]).toContain(from);
    const again = server.requests.findIndex(({ op, offset, path }) => op === 'write' && path.endsWith(LARGE) && offset === from);
    const seam = server.requests.findIndex(({ op, offset, path }) => op === 'read' && path.endsWith(LARGE) && offset === from - 65_536);
    expect(seam).toBeGreaterThan(0);
    expect(seam).toBeLessThan(again);
    await expectArrived(server.folder, bag);
  });

  it('F18: an fsync that fails stops D, not the upload', async () => {
    server.rule = async (request, next) => (isSync(request) ? status(4) : next());
    const journal = new MemoryJournal();
    await send({ target: server.target, journal, bag, ...OFFLINE });
    for (const { durable } of checkpoints(journal)) expect(durable).toBe(0);
    expect(journal.lines).toContainEqual(expect.objectContaining({ type: 'sent', file: LARGE, durable: false }));
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['F7: the server loses what it had acknowledged and synced', false],
    ['F18: fsync is answered without being done, and the server crashes', true],
  ])('%s: a file smaller than D is trusted in nothing', async (_, isLie) => {
    let isDown = false;
    let isUpAgain = false;
    server.rule = async (request, next, line) => {
      if (isDown && !isUpAgain && line.connection > 1) {
        isUpAgain = true;
        await truncate(join(await partBelow(server.folder), LARGE), MiB);
      }
      if (isLie && isSync(request)) return status(0);
      if (isDown || !isLargeWrite(request) || request.offset < 20 * MiB) return next();
      isDown = true;
      line.drop();
      return null;
    };
    const journal = new MemoryJournal();
    const { result } = await send({ target: server.target, journal, bag, ...OFFLINE });
    expect(checkpoints(journal)[0]?.durable).toBeGreaterThan(MiB);
    expect(resumed(journal)).toMatchObject([{ from: 0 }]);
    expect(result.contentVerified).toBe(true);
    await expectArrived(server.folder, bag);
  });

  const lyingAbout =
    (operations: readonly SftpRequest['op'][]): Rule =>
    async (request, next) => {
      const reply = await next();
      if (!operations.includes(request.op)) return reply;
      const shorter = <T extends { readonly size?: number }>(attributes: T) => ({
        ...attributes,
        size: Math.max(0, (attributes.size ?? 0) - 4096),
      });
      if (reply.type === 'attributes' && request.path.endsWith(LARGE)) return { ...reply, attributes: shorter(reply.attributes) };
      if (reply.type !== 'names') return reply;
      return {
        ...reply,
        names: reply.names.map((entry) => (LARGE.endsWith(entry.name) ? { ...entry, attributes: shorter(entry.attributes) } : entry)),
      };
    };

  it.each([
    ['by name', ['lstat', 'stat', 'readdir'] as const],
    ['by handle', ['fstat'] as const],
  ])('F42: a server that lies about the size %s: the other answer and the whole content decide', async (_, operations) => {
    server.rule = lyingAbout(operations);
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(result).toMatchObject({ contentVerified: true, verification: 'full' });
    await expectArrived(server.folder, bag);
  });

  it('F17: a server that carries out the first READDIR last says the end to it, and no name is missed', async () => {
    for (const { path } of bag.files) await writeFile(join(server.folder, path.replaceAll('/', ' ')), '');
    let listed = () => {};
    const others = new Promise<void>((resolve) => {
      listed = resolve;
    });
    let asked = 0;
    server.rule = async ({ op }, next) => {
      if (op !== 'readdir') return next();
      asked += 1;
      if (asked === 1) {
        await others;
        return next();
      }
      const reply = await next();
      listed();
      return reply;
    };
    const { names } = await probeTarget(server.target, [], undefined, new AbortController().signal);
    expect(names.filter((name) => !name.startsWith('.')).sort()).toEqual(bag.files.map(({ path }) => path.replaceAll('/', ' ')).sort());
  });
});

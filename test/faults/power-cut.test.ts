import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TransferEvent } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { honest, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';

const SMALL = 'data/omrade1_anmalningar.csv';
const LARGE = 'data/omrade3_diarienummer.csv';

describe('F7 I1: the server loses its power after a file was proven, and with it what no fsync was answered for', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  let journal: MemoryJournal;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { [SMALL]: 90_000, [LARGE]: 24 * MiB });
    journal = new MemoryJournal();
  });
  afterEach(() => server.close());

  /** The file has its size and nothing of its content, as a journalling file system may leave it. */
  const empty = (folder: string) => writeFile(join(folder, SMALL), Buffer.alloc(90_000));
  const retries = (events: readonly TransferEvent[]) => events.filter(({ type }) => type === 'retry');
  const isPublishing = (request: { op: string; to?: string }) => request.op === 'rename' && request.to === `/${BAG}`;

  it('F7: while another file is sent: what the line that was lost had proven is proven again, and mended', async () => {
    let tell = () => {};
    const smallIsProven = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const onEvent = (event: TransferEvent) => {
      if (event.type === 'file' && event.stage === 'verify' && event.file.path === SMALL) tell();
    };
    server.rule = async (request, next, line) => {
      if (request.op !== 'write' || request.offset < 6 * MiB) return next();
      await smallIsProven;
      server.rule = honest;
      await empty(await partBelow(server.folder));
      line.drop();
      return null;
    };
    const { result, events } = await send({ target: server.target, journal, bag, maxOfflineMs: 60_000 }, { onEvent });
    expect(retries(events)).toHaveLength(1);
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['differed']) });
    await expectArrived(server.folder, bag);
  });

  it('F7: at the RENAME, which was not done: all but what is durable is proven again before the next', async () => {
    let before = 0;
    server.rule = async (request, next, line) => {
      if (!isPublishing(request)) return next();
      server.rule = honest;
      before = server.requests.length;
      await empty(await partBelow(server.folder));
      line.drop();
      return null;
    };
    const { result } = await send({ target: server.target, journal, bag, maxOfflineMs: 60_000 });
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['differed']) });
    await expectArrived(server.folder, bag);
    const opened = server.requests.slice(before).flatMap((request) => (request.op === 'open' ? [request.path] : []));
    expect(opened.filter((path) => path.endsWith(LARGE))).toEqual([]);
  });

  it.each(['the same run', 'a new process'] as const)(
    'F7 F21: at the RENAME, which was done: %s finds the file and calls the delivery nothing that it is not (13)',
    async (who) => {
      server.rule = async (request, next, line) => {
        if (!isPublishing(request)) return next();
        server.rule = honest;
        await next();
        await empty(join(server.folder, BAG));
        line.drop();
        return null;
      };
      const error = await errorOf(send({ target: server.target, journal, bag, maxOfflineMs: who === 'the same run' ? 60_000 : 0 }));
      const found =
        who === 'the same run' ? error : await errorOf(send({ target: server.target, journal: new MemoryJournal(journal.lines), bag }));
      expect(found).toMatchObject({ code: 'sftp_failed', facts: { bag: BAG, reason: 'published_wrong', file: SMALL } });
    },
  );
});

import { readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';
import { honest, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { sender } from '../support/sender.ts';

describe('F2: kill -9 between the renaming record and its reply', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    source = await compileSource('domain', 'transfer');
  });
  afterAll(() => source.remove());
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { 'data/omrade1_anmalningar.csv': 3 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
  });
  afterEach(() => server.close());

  it.each([true, false])(
    'F2: the server did it: %s; the rerun decides from the two names, sends nothing again and publishes once',
    async (isDone) => {
      const journalFile = join(server.home, 'transfer.jsonl');
      const request = {
        target: server.target,
        pinnedHostKeys: [],
        bag: BAG,
        dir: bag.dir,
        files: bag.files,
        maxOfflineMs: 0,
        waitForSpace: false,
      };
      let renames = 0;
      let kill = () => {};
      server.rule = async (request, next) => {
        if (request.op !== 'rename' || request.to !== `/${BAG}`) return next();
        renames += 1;
        if (isDone) await next();
        kill();
        return null;
      };
      const child = startChild(sender(source.dir), [JSON.stringify({ ...request, journalFile })]);
      kill = () => child.process.kill('SIGKILL');
      expect(await child.ended).toBe('SIGKILL');
      expect((await readdir(server.folder)).includes(BAG)).toBe(isDone);
      const records = readFileSync(journalFile, 'utf8')
        .trim()
        .split('\n')
        .map((line): TransferRecord => JSON.parse(line));
      expect(records.at(-1)?.type).toBe('renaming');

      server.rule = async (request, next, line) => {
        if (request.op === 'rename') renames += 1;
        return honest(request, next, line);
      };
      const before = server.requests.length;
      const { result } = await send({ target: server.target, journal: new MemoryJournal(records), bag });
      expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
      expect(server.requests.slice(before).filter(({ op }) => op === 'write')).toEqual([]);
      expect(renames).toBe(isDone ? 1 : 2);
      await expectArrived(server.folder, bag);
    },
  );

  it.each([
    ['removes a file', (file: string) => rm(file)],
    ['empties a file, as a power cut does', (file: string) => writeFile(file, Buffer.alloc(90_000))],
  ])('F2 F24 I1: somebody %s in the .part folder before the rerun: nothing is published that is not proven then', async (_, harm) => {
    const journal = new MemoryJournal();
    const append = journal.append.bind(journal);
    journal.append = async (record: TransferRecord) => {
      await append(record);
      if (record.type === 'renaming') throw new Error('killed');
    };
    expect(await errorOf(send({ target: server.target, journal, bag }))).toMatchObject({ message: 'killed' });
    await harm(join(await partBelow(server.folder), 'data/omrade3_diarienummer.csv'));
    await send({ target: server.target, journal: new MemoryJournal(journal.lines), bag });
    await expectArrived(server.folder, bag);
  });
});

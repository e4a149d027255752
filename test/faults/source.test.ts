import { appendFile, open, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransferLog } from '../../src/transfer/remote/transfer-log.ts';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, noise, send, stageBag } from '../support/bag-to-send.ts';
import type { Rule, ScriptedSftp } from '../support/scripted-sftp.ts';
import { startScriptedSftp } from '../support/scripted-sftp.ts';
import { status } from '../support/sftp-packets.ts';

/** As an OPEN's bits, and as a server answers. */
const READ = 1;
const PERMISSION_DENIED = 3;
const LARGE = 'data/omrade1_anmalningar.csv';

describe('staged files that change or cannot be read', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  let staged: string;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { [LARGE]: 24 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
    staged = join(bag.dir, LARGE);
  });
  afterEach(() => server.close());

  /** Changes the source once, when the server has got so far; then lets the write happen, or resets the line. No write from there on is answered before. */
  const changeAt = (offset: number, change: () => Promise<unknown>, then: 'go on' | 'drop' = 'go on') => {
    let changing: Promise<unknown> | undefined;
    server.rule = async (request, next, line) => {
      if (request.op !== 'write' || !request.path.endsWith(LARGE) || request.offset < offset) return next();
      const isFirst = changing === undefined;
      changing ??= change();
      await changing;
      if (then === 'go on' || !isFirst) return next();
      line.drop();
      return null;
    };
  };
  const run = (journal = new MemoryJournal()) => send({ target: server.target, journal, bag });
  const overwrite = async (offset: number) => {
    const handle = await open(staged, 'r+');
    await handle.write('changed', offset);
    await handle.close();
  };
  const expectStopped = async (error: unknown) => {
    expect(error).toMatchObject({ code: 'staged_file_changed', exitCode: 15, facts: { file: LARGE } });
    expect(server.requests.some(({ op, to }) => op === 'rename' && to === `/${BAG}`)).toBe(false);
    expect(await partBelow(server.folder)).toBeTruthy();
  };

  it('F25: the source is truncated while it is sent: the run stops at once, and nothing is sent in place of what is gone', async () => {
    const original = await readFile(staged);
    changeAt(6 * MiB, () => truncate(staged, 2 * MiB));
    await expectStopped(await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag }, { channels: 1 })));
    const there = await readFile(join(await partBelow(server.folder), LARGE));
    // What was on its way and what had been read ahead may still come.
    expect(there.length).toBeLessThan(12 * MiB);
    expect(there.equals(original.subarray(0, there.length))).toBe(true);
  });

  it.each([
    ['grows', () => appendFile(staged, 'more')],
    ['is rewritten in place, before what was sent', () => overwrite(1000)],
    ['is rewritten in place, where nothing was sent yet', () => overwrite(23 * MiB)],
    [
      'is replaced by other content of the same size',
      async () => {
        await writeFile(`${staged}.new`, noise(24 * MiB, 4711));
        await rename(`${staged}.new`, staged);
      },
    ],
  ])('F26: the source %s while it is sent: the run stops, nothing is spliced', async (_, change) => {
    changeAt(6 * MiB, change);
    await expectStopped(await errorOf(run()));
  });

  it.each(['auto', 'full', 'seam', 'ack'] as const)(
    'N05: other content of the same size, changed before it is sent and verified by %s: the run stops, and the journal keeps nothing of it',
    async (verify) => {
      const journal = new MemoryJournal();
      await overwrite(23 * MiB);
      await expectStopped(await errorOf(send({ target: { ...server.target, verify }, journal, bag })));
      const log = new TransferLog(journal);
      await log.replay();
      expect(log.file(LARGE)).toMatchObject({ isSent: false, acked: 0, durable: 0 });
    },
  );

  describe('an account that may not read, so that nothing on the server proves the content', () => {
    const mayNotRead: Rule = async ({ op, flags }, next) => (op === 'open' && flags === READ ? status(PERMISSION_DENIED) : next());

    it('N05: the source changed before it is sent: the run stops', async () => {
      server.rule = mayNotRead;
      await overwrite(23 * MiB);
      await expectStopped(await errorOf(run()));
    });

    it('F26: the source changed while it is sent and changed back: it is sent again', async () => {
      const original = await readFile(staged);
      const changes = [() => overwrite(23 * MiB), () => writeFile(staged, original)];
      server.rule = async (request, next, line) => {
        const isWanted = changes.length === 2 ? request.op === 'write' && request.offset >= 6 * MiB : request.op === 'close';
        if (isWanted && request.path.endsWith(LARGE)) await changes.shift()?.();
        return mayNotRead(request, next, line);
      };
      const { result } = await run();
      expect(result).toMatchObject({ verification: 'ack', contentVerified: false });
      await expectArrived(server.folder, bag);
    });
  });

  it('F26: a source replaced by the same content is the same source; the open file reads on', async () => {
    changeAt(6 * MiB, async () => {
      await writeFile(`${staged}.new`, await readFile(staged));
      await rename(`${staged}.new`, staged);
    });
    await run();
    await expectArrived(server.folder, bag);
  });

  it('F27: a source that cannot be read stops the run, is named, and what was sent is kept', async () => {
    // The kernel gives this file a size and refuses to read it.
    const unreadable = 'data/omrade7_matningar.csv';
    await symlink('/sys/class/net/lo/speed', join(bag.dir, unreadable));
    bag = { ...bag, files: [...bag.files.slice(0, -1), { path: unreadable, bytes: 4096, sha256: '0'.repeat(64) }, ...bag.files.slice(-1)] };
    const error = await errorOf(run());
    expect(error).toMatchObject({ code: 'staged_file_unreadable', exitCode: 15, facts: { file: unreadable } });
    expect(await partBelow(server.folder)).toBeTruthy();
    expect(server.logins).toBe(1);
  });

  it('F28: the same size and the same time, but other content: the prefix is hashed on resume and the run stops', async () => {
    const [atime, mtime] = [new Date(1_700_000_000_000), new Date(1_700_000_000_000)];
    await utimes(staged, atime, mtime);
    const journal = new MemoryJournal();
    changeAt(20 * MiB, async () => {}, 'drop');
    expect(await errorOf(run(journal))).toMatchObject({ code: 'sftp_down' });
    await overwrite(1000);
    await utimes(staged, atime, mtime);
    await expectStopped(await errorOf(run(new MemoryJournal(journal.lines))));
    await rm(staged);
  });
});

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import type { Line, Rule, ScriptedSftp } from '../support/scripted-sftp.ts';
import { startScriptedSftp } from '../support/scripted-sftp.ts';
import type { Reply, SftpRequest } from '../support/sftp-packets.ts';
import { status } from '../support/sftp-packets.ts';

/** As in an OPEN. */
const [WRITE, EXCL] = [0x02, 0x20];
const LARGE = 'data/omrade1_anmalningar.csv';
const OFFLINE = { maxOfflineMs: 60_000 };

describe('the end of a file and the end of a delivery', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { [LARGE]: 3 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
  });
  afterEach(() => server.close());

  /** The rule answers the CLOSE of what was opened with those flags, not of what is read back, as `answer` says. */
  const closingLarge = (isMeant: (flags: number) => boolean, answer: (reply: Reply) => Reply): Rule => {
    const opened = new Set<string>();
    // Every channel counts its handles from the beginning.
    const names = new Map<Line, number>();
    return async (request, next, line) => {
      const reply = await next();
      if (!request.path.endsWith(LARGE)) return reply;
      if (!names.has(line)) names.set(line, names.size);
      const nameOf = (handle: string) => `${names.get(line)} ${handle}`;
      if (reply.type === 'handle' && isMeant(request.flags)) opened.add(nameOf(reply.handle));
      return request.op === 'close' && opened.delete(nameOf(request.handle)) ? answer(reply) : reply;
    };
  };
  const isToCreate = (flags: number) => (flags & EXCL) !== 0;
  const isToWriteBeside = (flags: number) => (flags & WRITE) !== 0 && !isToCreate(flags);
  const isPublishing = ({ op, to }: SftpRequest) => op === 'rename' && to === `/${BAG}`;
  const writesSince = (index: number) => server.requests.slice(index).filter(({ op }) => op === 'write').length;

  it.each([
    ['the handle that created it', isToCreate],
    ['a handle beside it', isToWriteBeside],
  ])('F19: a CLOSE of %s that fails once is no success; the file is looked at again, and then it is', async (_, isMeant) => {
    let closes = 0;
    server.rule = closingLarge(isMeant, (reply) => (++closes === 1 ? status(4) : reply));
    const { events } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(events.filter((event) => event.type === 'retry')).toHaveLength(1);
    await expectArrived(server.folder, bag);
  });

  it('F19: a CLOSE that says that the quota is spent is a full disk (16), and nothing is published', async () => {
    server.rule = closingLarge(isToCreate, () => status(15));
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag }));
    expect(error).toMatchObject({ code: 'remote_disk_full', exitCode: 16 });
    expect(server.requests.some(isPublishing)).toBe(false);
  });

  it('F20: a bag that stands there from before is a conflict before the first byte (18)', async () => {
    await mkdir(join(server.folder, BAG));
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'bag_exists', exitCode: 18 });
    expect(writesSince(0)).toBe(0);
    expect(await readdir(server.folder)).toEqual([BAG]);
  });

  it('F20: a RENAME that is refused for no reason is said so, and the .part folder is kept whole', async () => {
    server.rule = async (request, next) => (isPublishing(request) ? status(4) : next());
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag }));
    expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'rename_refused' } });
    expect(await hashesBelow(await partBelow(server.folder))).toEqual(expectedHashes(bag));
  });

  it.each([true, false])(
    'F21: the reply to the RENAME is lost, the server did it: %s; it ends published once and nothing is sent again',
    async (isDone) => {
      let lostAt = 0;
      server.rule = async (request, next, line) => {
        if (!isPublishing(request) || lostAt > 0) return next();
        lostAt = server.requests.length;
        if (isDone) await next();
        line.drop();
        return null;
      };
      const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
      expect(server.logins).toBe(2);
      expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
      expect(writesSince(lostAt)).toBe(0);
      expect(server.requests.filter(isPublishing)).toHaveLength(isDone ? 1 : 2);
      await expectArrived(server.folder, bag);
    },
  );

  it('F21 I9: the reply to the RENAME is lost, and the server does it when the next connection proves the bag anew', async () => {
    let late: (() => Promise<Reply>) | undefined;
    let isLost = false;
    server.rule = async (request, next, line) => {
      if (isPublishing(request) && !isLost) {
        isLost = true;
        late = next;
        line.drop();
        return null;
      }
      if (request.op === 'opendir' && late) {
        const rename = late;
        late = undefined;
        await rename();
      }
      return next();
    };
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
    expect(server.requests.filter(isPublishing)).toHaveLength(1);
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['may look', [], 'outcome_unknown'],
    ['may not look', ['lstat', 'stat', 'opendir'], 'outcome_unseen'],
  ])(
    'F21 D15: where it %s: a bag that the receiver may have taken is never followed by another content under its name',
    async (_, refused, reason) => {
      let isLost = false;
      server.rule = async (request, next, line) => {
        if (refused.includes(request.op)) return status(3);
        if (!isPublishing(request) || isLost) return next();
        isLost = true;
        await next();
        await rm(join(server.folder, BAG), { recursive: true });
        line.drop();
        return null;
      };
      const journal = new MemoryJournal();
      await errorOf(send({ target: server.target, journal, bag }));
      await rm(bag.dir, { recursive: true });
      bag = await stageBag(bag.dir, { [LARGE]: 2 * MiB });
      const lostAt = server.requests.length;
      const ended = await errorOf(send({ target: server.target, journal: new MemoryJournal(journal.lines), bag, ...OFFLINE }));
      expect(ended).toMatchObject({ code: 'sftp_failed', exitCode: 13, facts: { bag: BAG, reason } });
      expect(writesSince(lostAt)).toBe(0);
      expect(await readdir(server.folder)).toEqual([]);
    },
  );

  it('F22: a bag that appears between our last look and the RENAME stays as it is (18)', async () => {
    let isThere = false;
    server.rule = async (request, next) => {
      if (isPublishing(request) && !isThere) {
        isThere = true;
        await mkdir(join(server.folder, BAG));
        await writeFile(join(server.folder, BAG, 'theirs.txt'), 'theirs');
      }
      return next();
    };
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'bag_exists', exitCode: 18 });
    expect(await readdir(join(server.folder, BAG))).toEqual(['theirs.txt']);
    expect(await hashesBelow(await partBelow(server.folder))).toEqual(expectedHashes(bag));
  });
});

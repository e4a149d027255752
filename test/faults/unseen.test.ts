import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transferNotes } from '../../src/text.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { errorOf, expectArrived, onceAcked, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { noFolderRename } from '../support/no-folder-rename.ts';
import type { Rule, ScriptedSftp } from '../support/scripted-sftp.ts';
import { honest, startScriptedSftp } from '../support/scripted-sftp.ts';
import type { SftpRequest } from '../support/sftp-packets.ts';
import { status } from '../support/sftp-packets.ts';

const READ = 0x01;
const LARGE = 'data/omrade1_anmalningar.csv';
const OFFLINE = { maxOfflineMs: 60_000 };

/** May neither list nor look at names, but ask of what it has open; `reads`: may read. */
const dropBox =
  (reads: boolean, rule: Rule = honest): Rule =>
  async (request, next, line) => {
    const { op, flags } = request;
    const isLooking = op === 'lstat' || op === 'stat' || op === 'opendir';
    const isReading = op === 'open' && (flags & READ) !== 0;
    return isLooking || (isReading && !reads) ? status(3) : rule(request, next, line);
  };

const isPublishing = ({ op, to }: SftpRequest) => op === 'rename' && to === `/${BAG}`;

describe('a drop box: what is there may not be looked at', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp(dropBox(false));
    bag = await stageBag(join(server.home, BAG), { [LARGE]: 24 * MiB, 'data/omrade2_bilagor/1_foto å.jpg': 70_000, 'bagit.txt': 55 });
  });
  afterEach(() => server.close());

  const deliver = (journal = new MemoryJournal(), options: Partial<Parameters<typeof send>[0]> = {}) =>
    send({ target: server.target, journal, bag, ...options });

  it.each([
    ['nor read', false, false],
    ['but read', true, true],
  ])('N02: %s: the whole bag is published, and the receipt says what was not seen', async (_, reads, contentVerified) => {
    server.rule = dropBox(reads);
    const { result } = await deliver();
    await expectArrived(server.folder, bag);
    expect(result).toMatchObject({ contentVerified, notes: expect.arrayContaining(['no_lstat']) });
    expect(result.notes).not.toContain('no_listing');
    for (const note of result.notes) expect(transferNotes).toHaveProperty(note);
  });

  it('kontrollera learns that it may not look', async () => {
    const probe = () => probeTarget(server.target, [], undefined, new AbortController().signal);
    expect(await probe()).toMatchObject({ mayLook: false, names: [] });
    server.rule = honest;
    expect(await probe()).toMatchObject({ mayLook: true });
  });

  it('an upload that was cut goes on: sizes come from the open files', async () => {
    const journal = new MemoryJournal();
    const { result } = await send(
      { target: server.target, journal, bag, ...OFFLINE },
      { onEvent: onceAcked(20 * MiB, () => server.drop()) },
    );
    await expectArrived(server.folder, bag);
    expect(server.logins).toBeGreaterThan(1);
    expect(result.bytesResent).toBeLessThan(20 * MiB);
    expect(journal.lines.filter(({ type }) => type === 'begin')).toHaveLength(1);
  });

  it('a file that lost bytes meanwhile is sent again', async () => {
    let isCut = false;
    server.rule = dropBox(false, async (request, next) => {
      const reply = await next();
      if (request.op !== 'close' || !request.path.endsWith('bagit.txt') || isCut) return reply;
      isCut = true;
      await writeFile(join(await partBelow(server.folder), 'bagit.txt'), 'x');
      return reply;
    });
    await deliver();
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['may not list', ['opendir']],
    ['may not look either', ['opendir', 'lstat', 'stat']],
  ])('N13: where it %s, what an earlier export had more is not published (D15)', async (_, refused) => {
    const refuse: Rule = async ({ op }, next) => (refused.includes(op) ? status(3) : next());
    server.rule = (request, next, line) => (isPublishing(request) ? Promise.resolve(status(4)) : refuse(request, next, line));
    const journal = new MemoryJournal();
    expect(await errorOf(deliver(journal))).toMatchObject({ code: 'sftp_failed' });
    server.rule = refuse;
    await rm(bag.dir, { recursive: true });
    bag = await stageBag(bag.dir, { [LARGE]: 24 * MiB, 'bagit.txt': 55 });
    await deliver(new MemoryJournal(journal.lines));
    await expectArrived(server.folder, bag);
  });

  it.each(['with a bag in it', 'empty'])('F20: a folder of the bag’s name that is there, %s, is never overwritten', async (content) => {
    await mkdir(join(server.folder, BAG));
    if (content !== 'empty') await writeFile(join(server.folder, BAG, 'theirs.txt'), 'theirs');
    expect(await errorOf(deliver())).toMatchObject({ code: 'sftp_failed', exitCode: 13, facts: { reason: 'rename_unseen' } });
    expect(await readdir(join(server.folder, BAG))).toEqual(content === 'empty' ? [] : ['theirs.txt']);
    await rm(join(server.folder, BAG), { recursive: true });
  });

  it.each([
    ['not done', false, false, undefined],
    ['done, and it may not read', true, false, 'outcome_unseen'],
    ['done, and it may read', true, true, undefined],
  ])('F21: the reply to the RENAME is lost, %s: never a success that nobody has seen', async (_, isDone, reads, reason) => {
    let isLost = false;
    server.rule = dropBox(reads, async (request, next, line) => {
      if (!isPublishing(request) || isLost) return next();
      isLost = true;
      if (isDone) await next();
      line.drop();
      return null;
    });
    const journal = new MemoryJournal();
    const ended = await errorOf(deliver(journal, OFFLINE));
    if (reason === undefined) expect(ended).toBe('no error');
    else {
      expect(ended).toMatchObject({ code: 'sftp_failed', exitCode: 13, facts: { reason } });
      expect(await errorOf(deliver(new MemoryJournal(journal.lines)))).toMatchObject({ facts: { reason } });
    }
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['stands there, and it may not read', false, false, 'outcome_unseen'],
    ['stands there, and it may read', true, false, undefined],
    ['was taken away by the receiver', false, true, 'outcome_unseen'],
  ])(
    'F21: a looking that was cut left an empty folder under the hidden name, and the bag %s: nothing is sent again',
    async (_, reads, isTaken, reason) => {
      let isLost = false;
      let written = 0;
      server.rule = dropBox(reads, async (request, next, line) => {
        if (request.op === 'write') written += 1;
        if (!isPublishing(request) || isLost) return next();
        isLost = true;
        await next();
        await mkdir(join(server.folder, basename(request.path)));
        if (isTaken) await rm(join(server.folder, BAG), { recursive: true });
        written = 0;
        line.drop();
        return null;
      });
      const journal = new MemoryJournal();
      for (const options of [OFFLINE, {}]) {
        const ended = await errorOf(deliver(journal, options));
        if (reason) expect(ended).toMatchObject({ code: 'sftp_failed', facts: { reason } });
        else expect(ended).toBe('no error');
      }
      expect(written).toBe(0);
      expect((await readdir(server.folder)).includes(BAG)).toBe(!isTaken);
    },
  );

  it.each([
    ['taken away by the receiver', true],
    ['never done, and the hidden folder cleaned away', false],
  ])('F21 F23: no folder may be removed, and the RENAME whose reply was lost is %s: no empty bag, and no success', async (_, isDone) => {
    let isLost = false;
    server.rule = dropBox(false, async (request, next, line) => {
      if (request.op === 'rmdir') return status(3);
      if (!isPublishing(request) || isLost) return next();
      isLost = true;
      if (isDone) await next();
      await rm(isDone ? join(server.folder, BAG) : await partBelow(server.folder), { recursive: true });
      line.drop();
      return null;
    });
    const journal = new MemoryJournal();
    for (const options of [OFFLINE, {}])
      expect(await errorOf(deliver(journal, options))).toMatchObject({ code: 'sftp_failed', facts: { reason: 'outcome_unseen' } });
    expect(await readdir(server.folder)).not.toContain(BAG);
  });

  it('F31: a file that may neither be opened again nor removed is no stop: another folder is begun, as often as it pays', async () => {
    server.rule = dropBox(false, async (request, next) => {
      const isReopening = request.op === 'open' && (request.flags & 0b1010) === 0b0010;
      return isReopening || request.op === 'remove' ? status(3) : next();
    });
    await send(
      { target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE },
      { onEvent: onceAcked(10 * MiB, () => server.drop()) },
    );
    expect(server.logins).toBe(2);
    expect(await hashesBelow(join(server.folder, BAG))).toEqual(expectedHashes(bag));
    // Each connection’s canary left one, and the cut.
    expect((await readdir(server.folder)).filter((name) => name.endsWith('.part'))).toHaveLength(3);
  });

  it('a file that was begun and never made, and may not be opened to see that, is sent', async () => {
    const journal = new MemoryJournal();
    server.rule = dropBox(false, async (request, next) => (request.op === 'open' && (request.flags & 8) === 0 ? status(3) : next()));
    await send(
      { target: server.target, journal, bag, ...OFFLINE },
      {
        onEvent: onceAcked(10 * MiB, async () => {
          await rm(join(await partBelow(server.folder), LARGE));
          server.drop();
        }),
      },
    );
    expect(server.logins).toBe(2);
    await expectArrived(server.folder, bag);
  });

  it('one that may not ask the size of what it has open is stopped before a byte of a large file (17), and told which right is missing', async () => {
    server.rule = dropBox(false, async ({ op }, next) => (op === 'fstat' ? status(3) : next()));
    const error = await errorOf(deliver());
    expect(error).toMatchObject({ code: 'permission_remote', exitCode: 17, facts: { operation: 'fstat', file: LARGE } });
    expect(server.requests.filter(({ op, path }) => op === 'write' && path.endsWith(LARGE))).toEqual([]);
    expect(await readdir(server.folder)).not.toContain(BAG);
  });

  it('one that renames no folder either is refused before a byte is sent, and the error says which right is missing', async () => {
    server.rule = dropBox(false, noFolderRename(server));
    const error = await errorOf(deliver(undefined, { allowVisible: true }));
    expect(error).toMatchObject({ code: 'permission_remote', exitCode: 17, facts: { operation: 'lstat' } });
    expect(server.requests.filter(({ op }) => op === 'write')).toEqual([]);
    expect(await readdir(server.folder)).toEqual([]);
  });
});

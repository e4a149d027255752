import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { transferNotes } from '../../src/text.ts';
import type { CapabilityMemory, ServerProfile } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { noFolderRename } from '../support/no-folder-rename.ts';
import { honest, type Rule, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { emptyFolder } from '../support/served-folder.ts';
import { status } from '../support/sftp-packets.ts';

const SIZES = { 'data/omrade1_anmalningar.csv': 3 * MiB, 'data/omrade2_bilagor/1_foto å.jpg': 70_000, 'bagit.txt': 55 };
const TAG_MANIFEST = `/${BAG}/tagmanifest-sha256.txt`;

describe('a server that renames no folder: the bag is built up in its own, file by file', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    server.rule = noFolderRename(server);
    bag = await stageBag(join(server.home, BAG), SIZES);
  });
  afterEach(() => server.close());

  const deliver = (journal = new MemoryJournal(), target = server.target) => send({ target, journal, bag, allowVisible: true });
  const published = () => join(server.folder, BAG);
  const named = () => server.requests.filter(({ op, to }) => op === 'rename' && to.startsWith(`/${BAG}/`) && !to.endsWith('.part'));
  const bend = (rule: Rule) => {
    server.rule = noFolderRename(server, rule);
  };

  it.each([3, 4, 8])('status %i: not without the operator’s yes, and then nothing is left', async (code) => {
    server.rule = noFolderRename(server, undefined, code);
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag }));
    expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'no_folder_rename' } });
    expect(await readdir(server.folder)).toEqual([]);
    await deliver();
    await expectArrived(server.folder, bag);
  });

  it('every byte is there before the first name, the tag manifest is named last, and the receipt says so', async () => {
    const { result } = await deliver(undefined, { ...server.target, modes: { file: '0640', dir: '0750' } });
    await expectArrived(server.folder, bag);
    expect(result).toMatchObject({ contentVerified: true, bytesResent: 0, notes: expect.arrayContaining(['visible_files']) });
    expect(result.notes).not.toContain('visible_folder');
    for (const note of result.notes) expect(transferNotes).toHaveProperty(note);
    expect(named()).toHaveLength(bag.files.length);
    expect(named().at(-1)?.to).toBe(TAG_MANIFEST);
    const order = server.requests.map((request) => (named().includes(request) ? 'name' : request.op));
    expect(Math.max(order.lastIndexOf('write'), order.lastIndexOf('read'))).toBeLessThan(order.indexOf('name'));
    expect((await stat(join(published(), 'data'))).mode & 0o777).toBe(0o750);
    expect((await stat(join(published(), 'bagit.txt'))).mode & 0o777).toBe(0o640);
  });

  it('modes that take the owner’s right to write in folders are set when every file has its name', async () => {
    // Root may write anywhere: the rule is the server's own.
    bend(async ({ op, to }, next) => {
      const isAllowed = op !== 'rename' || ((await stat(join(server.folder, dirname(to)))).mode & 0o300) === 0o300;
      return isAllowed ? next() : status(3);
    });
    const { result } = await deliver(undefined, { ...server.target, modes: { file: '0440', dir: '0550' } });
    await expectArrived(server.folder, bag);
    expect(result.notes).not.toContain('no_modes');
    const modeOf = async (path: string) => (await stat(join(published(), path))).mode & 0o777;
    for (const folder of ['.', 'data', 'data/omrade2_bilagor']) expect(await modeOf(folder)).toBe(0o550);
    expect(await modeOf('bagit.txt')).toBe(0o440);
  });

  it('a server that was mended, and is remembered, is noticed: the next bag is hidden until it is published', async () => {
    const profiles = new Map<string, ServerProfile>();
    const memory: CapabilityMemory = {
      read: async (hostKey) => profiles.get(hostKey) ?? null,
      write: async (hostKey, profile) => void profiles.set(hostKey, profile),
    };
    for (const isMended of [false, true]) {
      if (isMended) server.rule = honest;
      const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, memory, allowVisible: true });
      await expectArrived(server.folder, bag);
      expect(result.notes.includes('visible_files')).toBe(!isMended);
      await emptyFolder(server.folder);
    }
    expect(profiles.size).toBe(1);
  });

  it('one that renames nothing at all is said so before a byte is sent, and nothing is left', async () => {
    server.rule = async ({ op }, next) => (op === 'rename' ? status(8) : next());
    expect(await errorOf(deliver())).toMatchObject({ code: 'sftp_failed', facts: { reason: 'no_rename' } });
    expect(await readdir(server.folder)).toEqual([]);
    expect(server.requests.filter(({ op }) => op === 'write')).toEqual([]);
  });

  it('a full disk at the probe leaves nothing either, and the next run is not in its own way', async () => {
    const journal = new MemoryJournal();
    bend(async ({ op }, next) => (op === 'open' ? status(4) : next()));
    expect(await errorOf(deliver(journal))).toMatchObject({ code: 'sftp_failed', facts: { operation: 'open' } });
    expect(await readdir(server.folder)).toEqual([]);
    server.rule = noFolderRename(server);
    await deliver(new MemoryJournal(journal.lines));
    await expectArrived(server.folder, bag);
  });

  it('an account that may not list folders delivers all the same', async () => {
    bend(async ({ op }, next) => (op === 'opendir' ? status(3) : next()));
    const { result } = await deliver();
    await expectArrived(server.folder, bag);
    expect(result.notes).toEqual(expect.arrayContaining(['visible_files', 'no_listing']));
  });

  it('F20: a bag that is there is a conflict, an empty one too, and stays as it was', async () => {
    await mkdir(published());
    expect(await errorOf(deliver())).toMatchObject({ code: 'bag_exists', exitCode: 18 });
    await writeFile(join(published(), 'theirs.txt'), 'theirs');
    expect(await errorOf(deliver())).toMatchObject({ code: 'bag_exists' });
    expect(await readdir(published())).toEqual(['theirs.txt']);
  });

  it('F22: somebody else makes the folder right before us: a conflict, now and in the next run', async () => {
    const journal = new MemoryJournal();
    bend(async ({ op, path }, next) => {
      if (op === 'mkdir' && path === `/${BAG}`) mkdirSync(published());
      return next();
    });
    expect(await errorOf(deliver(journal))).toMatchObject({ code: 'bag_exists' });
    server.rule = noFolderRename(server);
    expect(await errorOf(deliver(new MemoryJournal(journal.lines)))).toMatchObject({ code: 'bag_exists' });
    expect(await readdir(server.folder)).toEqual([BAG]);
    expect(await readdir(published())).toEqual([]);
  });

  it.each(['data/omrade1_anmalningar.csv', 'bagit.txt', 'tagmanifest-sha256.txt'])(
    'F22: somebody else’s %s stands where ours is to be: it stays, and the bag is not made valid',
    async (path) => {
      const theirs = Buffer.alloc(bag.files.find((file) => file.path === path)?.bytes ?? 0, 'x');
      let isFirst = true;
      bend(async ({ op, to }, next) => {
        if (op === 'rename' && !to.endsWith('.part') && isFirst) {
          isFirst = false;
          writeFileSync(join(published(), path), theirs);
        }
        return next();
      });
      const journal = new MemoryJournal();
      const conflict = { code: 'sftp_failed', facts: { reason: 'foreign_file', file: path } };
      expect(await errorOf(deliver(journal))).toMatchObject(conflict);
      expect(await errorOf(deliver(new MemoryJournal(journal.lines)))).toMatchObject(conflict);
      expect(theirs.equals(await readFile(join(published(), path)))).toBe(true);
    },
  );

  it('F29: the same name from two hosts: MKDIR lets one through, the other is a conflict and leaves nothing (18)', async () => {
    const ended = await Promise.allSettled([deliver(), deliver()]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = ended.filter((end) => end.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'bag_exists', exitCode: 18 });
    await expectArrived(server.folder, bag);
  });

  it('F30: the same upload from a copied state folder: whatever they do to each other, only the bag becomes valid', async () => {
    const journal = new MemoryJournal();
    bend(async ({ op, offset }, next, line) => {
      if (op !== 'write' || offset < MiB) return next();
      line.drop();
      return null;
    });
    expect(await errorOf(deliver(journal))).toMatchObject({ code: 'sftp_down' });
    server.rule = noFolderRename(server);
    const copies = [new MemoryJournal(journal.lines), new MemoryJournal(journal.lines)];
    const ended = await Promise.allSettled(copies.map((copy) => deliver(copy)));
    for (const end of ended) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(OperatorError);
    // What the slower one had begun when the other was done may lie beside the bag, under its own name.
    const arrived = async () =>
      Object.fromEntries(Object.entries(await hashesBelow(published())).filter(([path]) => !path.endsWith('.part')));
    if ((await readdir(published())).includes('tagmanifest-sha256.txt')) expect(await arrived()).toEqual(expectedHashes(bag));
    for (const copy of copies) await errorOf(deliver(new MemoryJournal(copy.lines)));
    expect(await arrived()).toEqual(expectedHashes(bag));
  });

  it('N02: one flipped byte is found before anything has its name, and that file is sent again', async () => {
    let isFlipped = false;
    bend(async (request, next) => {
      if (request.op === 'write' && request.offset > MiB && !isFlipped) {
        isFlipped = true;
        request.data[0] = (request.data[0] ?? 0) ^ 1;
      }
      return next();
    });
    const { result } = await deliver();
    await expectArrived(server.folder, bag);
    expect(result.bytesResent).toBe(3 * MiB);
  });
});

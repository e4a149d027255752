import { readFileSync } from 'node:fs';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removePart } from '../../src/transfer/remove-part.ts';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';
import { noFolderRename } from '../support/no-folder-rename.ts';
import { type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { sender } from '../support/sender.ts';
import type { SftpRequest } from '../support/sftp-packets.ts';

const BIG = 'data/omrade1_anmalningar.csv';
const TAG_MANIFEST = 'tagmanifest-sha256.txt';
const SIZES = { [BIG]: 3 * MiB, 'data/omrade2_bilagor/1_foto.jpg': 70_000, 'data/omrade3_diarienummer.csv': 90_000, 'bagit.txt': 55 };

/** A request that the sender is killed at, and whether the server still does it. */
interface Instant {
  readonly title: string;
  readonly at: (request: SftpRequest) => boolean;
  readonly isDone: boolean;
}

const isProbe = ({ path }: SftpRequest) => path.startsWith(`/${BAG}/${BAG}`);
const isNaming = ({ op, to }: SftpRequest, path: string) => op === 'rename' && to === `/${BAG}/${path}`;
const claiming = [
  { title: 'before its folder is made', at: ({ op, path }) => op === 'mkdir' && path === `/${BAG}`, isDone: false },
  { title: 'when its folder is made', at: ({ op, path }) => op === 'mkdir' && path === `/${BAG}`, isDone: true },
  { title: 'when its probe is made', at: (request) => request.op === 'open' && isProbe(request), isDone: true },
  { title: 'when its probe is renamed', at: (request) => request.op === 'rename' && isProbe(request), isDone: true },
  { title: 'when its probe is removed', at: (request) => request.op === 'remove' && isProbe(request), isDone: true },
] satisfies Instant[];
const sending = [{ title: 'amid a file', at: ({ op, offset }) => op === 'write' && offset > MiB, isDone: true }] satisfies Instant[];
const naming = [
  { title: 'before the first name', at: (request) => isNaming(request, BIG), isDone: false },
  { title: 'after the first name', at: (request) => isNaming(request, BIG), isDone: true },
  { title: 'amid the names', at: (request) => isNaming(request, 'data/omrade3_diarienummer.csv'), isDone: true },
  { title: 'before the last name', at: (request) => isNaming(request, TAG_MANIFEST), isDone: false },
] satisfies Instant[];
const afterTheLast: Instant = { title: 'after the last name', at: (request) => isNaming(request, TAG_MANIFEST), isDone: true };

describe('kill -9 where no folder is renamed', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    source = await compileSource('domain', 'transfer');
  });
  afterAll(() => source.remove());
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), SIZES);
  });
  afterEach(() => server.close());

  const published = (...path: string[]) => join(server.folder, BAG, ...path);
  /** A real process, killed at the instant; returns its journal. Nothing that it asks for after that is done. */
  const killAt = async ({ at, isDone }: Instant): Promise<TransferRecord[]> => {
    const journalFile = join(server.home, 'transfer.jsonl');
    let isKilled = false;
    let kill = () => {};
    server.rule = noFolderRename(server, async (request, next) => {
      if (isKilled) return null;
      if (!at(request)) return next();
      isKilled = true;
      if (isDone) await next();
      kill();
      return null;
    });
    const request = { target: server.target, pinnedHostKeys: [], bag: BAG, dir: bag.dir, files: bag.files, allowVisible: true };
    const child = startChild(sender(source.dir), [JSON.stringify({ ...request, maxOfflineMs: 0, waitForSpace: false, journalFile })]);
    kill = () => child.process.kill('SIGKILL');
    expect(await child.ended, child.output()).toBe('SIGKILL');
    server.rule = noFolderRename(server);
    return readFileSync(journalFile, 'utf8')
      .trim()
      .split('\n')
      .map((line): TransferRecord => JSON.parse(line));
  };
  const rerun = (records: readonly TransferRecord[], journal = new MemoryJournal(records)) =>
    send({ target: server.target, journal, bag, allowVisible: true });
  const clean = (records: readonly TransferRecord[]) =>
    removePart({ target: server.target, pinnedHostKeys: [], records, signal: new AbortController().signal });
  const isValid = async () => (await readdir(server.folder)).includes(BAG) && (await readdir(published())).includes(TAG_MANIFEST);

  it.each([...claiming, ...sending])('F1: killed $title; no reader sees a bag, and the next run ends right', async (instant) => {
    const records = await killAt(instant);
    expect(await isValid()).toBe(false);
    const { result } = await rerun(records);
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['visible_files']) });
    await expectArrived(server.folder, bag);
  });

  it.each([...naming, afterTheLast])(
    'F2: killed $title; nothing is sent again, and what has a name is proven before it is believed',
    async (instant) => {
      const records = await killAt(instant);
      expect(records.at(-1)?.type).toBe('renaming');
      expect(await isValid()).toBe(instant === afterTheLast);
      const names = (await readdir(published(), { recursive: true })).filter((path) => bag.files.some((file) => file.path === path));
      const before = server.requests.length;
      const { result } = await rerun(records);
      expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
      const asked = server.requests.slice(before);
      expect(asked.filter(({ op }) => op === 'write')).toEqual([]);
      for (const path of names) expect(asked.some((request) => request.op === 'read' && request.path === `/${BAG}/${path}`)).toBe(true);
      await expectArrived(server.folder, bag);
    },
  );

  it('F2: a server that links and then unlinks, cut between the two: no second name stays', async () => {
    const records = await killAt({ title: '', at: (request) => isNaming(request, 'bagit.txt'), isDone: false });
    const part = (await readdir(published())).find((name) => name.startsWith('bagit.txt.'));
    await link(published(part ?? 'no part'), published('bagit.txt'));
    await rerun(records);
    await expectArrived(server.folder, bag);
  });

  it('what was named before the kill and is another’s now is not believed', async () => {
    const records = await killAt({ title: '', at: (request) => isNaming(request, TAG_MANIFEST), isDone: false });
    const theirs = Buffer.alloc(90_000, 'x');
    await writeFile(published('data/omrade3_diarienummer.csv'), theirs);
    const facts = { reason: 'foreign_file', file: 'data/omrade3_diarienummer.csv' };
    expect(await errorOf(rerun(records))).toMatchObject({ code: 'sftp_failed', facts });
    expect(theirs.equals(await readFile(published('data/omrade3_diarienummer.csv')))).toBe(true);
    expect(await isValid()).toBe(false);
  });

  it('D15: exported anew amid the names: they are taken back, what came out otherwise is sent, and one bag arrives', async () => {
    const records = await killAt({ title: '', at: (request) => isNaming(request, TAG_MANIFEST), isDone: false });
    bag = await stageBag(bag.dir, { ...SIZES, 'data/omrade3_diarienummer.csv': 100_000 });
    const before = server.requests.length;
    await rerun(records);
    await expectArrived(server.folder, bag);
    const sent = server.requests.slice(before).filter(({ op, path }) => op === 'write' && path.startsWith(`/${BAG}/${BIG}`));
    expect(sent).toEqual([]);
  });

  it('D15: exported anew after the last name: what is published is never touched', async () => {
    const records = await killAt(afterTheLast);
    const first = bag;
    bag = await stageBag(join(server.home, 'anew'), { ...SIZES, 'data/omrade3_diarienummer.csv': 100_000 });
    expect(await errorOf(rerun(records))).toMatchObject({ code: 'bag_exists' });
    await expectArrived(server.folder, first);
  });

  it('F3: the line is lost amid the names, and the same run goes on', async () => {
    const cuts = [BIG, TAG_MANIFEST];
    const dead = new Set<number>();
    server.rule = noFolderRename(server, async (request, next, line) => {
      if (dead.has(line.connection)) return null;
      const cut = cuts.findIndex((path) => isNaming(request, path));
      if (cut < 0) return next();
      cuts.splice(cut, 1);
      dead.add(line.connection);
      await next();
      line.drop();
      return null;
    });
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, allowVisible: true, maxOfflineMs: 60_000 });
    expect(server.logins).toBe(3);
    expect(result.bytesResent).toBe(0);
    await expectArrived(server.folder, bag);
  });

  it('F2: the receiver has fetched the bag before the next run: that cannot be known, and nothing is sent again', async () => {
    const records = await killAt(afterTheLast);
    await rm(published(), { recursive: true });
    const before = server.requests.length;
    expect(await errorOf(rerun(records))).toMatchObject({ code: 'sftp_failed', facts: { bag: BAG, reason: 'outcome_unknown' } });
    expect(server.requests.slice(before).filter(({ op }) => op === 'mkdir' || op === 'write')).toEqual([]);
  });

  it('F23: the folder is removed meanwhile: everything is sent anew', async () => {
    const [amid] = sending;
    const records = amid ? await killAt(amid) : [];
    await rm(published(), { recursive: true });
    await rerun(records);
    await expectArrived(server.folder, bag);
  });

  it.each([...claiming, ...sending, ...naming])('D17: killed $title; rensa leaves nothing', async (instant) => {
    const records = await killAt(instant);
    expect(await clean(records)).toBe((await readdir(server.folder)).length === 0 && instant === claiming[0] ? 0 : 1);
    expect(await readdir(server.folder)).toEqual([]);
    expect(await clean(records)).toBe(0);
  });

  it('D17: rensa leaves what another put there, and a bag that is published', async () => {
    const records = await killAt({ title: '', at: (request) => isNaming(request, TAG_MANIFEST), isDone: false });
    await writeFile(published('data', 'deras.txt'), 'theirs');
    await writeFile(published('bagit.txt'), Buffer.alloc(55, 'x'));
    expect(await clean(records)).toBe(1);
    expect((await readdir(published(), { recursive: true })).sort()).toEqual(['bagit.txt', 'data', 'data/deras.txt']);
    await rm(published(), { recursive: true });
    await rerun([]);
    expect(await clean(records)).toBe(0);
    await expectArrived(server.folder, bag);
  });
});

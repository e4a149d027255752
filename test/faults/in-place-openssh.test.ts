import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import { CC_SKIP, noFolderRenameLibrary } from '../support/no-folder-rename-library.ts';
import { SFTP_SERVER_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { type SshdTarget, startSshdTarget } from '../support/sshd-target.ts';

const SKIP = SSHD_SKIP || CC_SKIP || (SFTP_SERVER_PATH ? '' : ' (SKIPPED: no sftp-server on this machine)');
const SMALL = Object.fromEntries(Array.from({ length: 200 }, (_, nr) => [`data/omrade2_bilagor/${nr}_it's $HOME.pdf`, 100 + nr]));

describe.skipIf(SKIP)(`a real OpenSSH on a file system that renames no folder${SKIP}`, () => {
  let library: string;
  let there: SshdTarget;
  let bag: StagedBag;
  beforeEach(async () => {
    library = await mkdtemp(join(tmpdir(), 'library-'));
    const preload = await noFolderRenameLibrary(library);
    there = await startSshdTarget({ sftp: SFTP_SERVER_PATH, config: [`SetEnv LD_PRELOAD=${preload}`] });
    bag = await stageBag(join(there.home, BAG), { 'data/omrade1_anmalningar.csv': 9 * MiB, ...SMALL });
  });
  afterEach(async () => {
    await there.close();
    await rm(library, { recursive: true });
  });
  const deliver = (journal: MemoryJournal) => send({ target: there.target, journal, bag, allowVisible: true });

  it('the bag arrives file by file with the operator’s yes, and only then', async () => {
    const error = await errorOf(send({ target: there.target, journal: new MemoryJournal(), bag }));
    expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'no_folder_rename' } });
    expect(await readdir(there.sshd.folder)).toEqual([]);
    const { result } = await deliver(new MemoryJournal());
    await expectArrived(there.sshd.folder, bag);
    expect(result).toMatchObject({ verification: 'server', notes: expect.arrayContaining(['visible_files']) });
  });

  it('F3: cut amid the names, it goes on in a new process, and what has its name is hashed by the server again', async () => {
    const journal = new MemoryJournal();
    const append = journal.append.bind(journal);
    journal.append = async (record: TransferRecord) => {
      await append(record);
      if (record.type === 'renaming') there.proxy.cutAfter(60_000).catch(() => {});
    };
    expect(await errorOf(deliver(journal))).toMatchObject({ code: 'sftp_down' });
    // What the line had brought, the server still does.
    await there.sshd.idle();
    const names = await readdir(join(there.sshd.folder, BAG), { recursive: true });
    const named = bag.files.filter(({ path }) => names.includes(path));
    expect(named.length).toBeGreaterThan(0);
    expect(named.length).toBeLessThan(bag.files.length - 1);
    const { result } = await deliver(new MemoryJournal(journal.lines));
    expect(result).toMatchObject({ verification: 'server', bytesResent: 0 });
    await expectArrived(there.sshd.folder, bag);
  });
});

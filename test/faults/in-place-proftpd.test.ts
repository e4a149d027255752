import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/domain/target.ts';
import { removePart } from '../../src/transfer/remove-part.ts';
import { errorOf, expectArrived } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag, targetOf } from '../support/bag-to-send.ts';
import { PROFTPD_SKIP, type Proftpd, startProftpd } from '../support/proftpd.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

describe.skipIf(PROFTPD_SKIP).each([true, false])(
  `a real ProFTPD whose account may rename files and no folder, AllowOverwrite %s${PROFTPD_SKIP}`,
  (overwrite) => {
    let server: Proftpd;
    let proxy: TcpProxy;
    let home: string;
    let bag: StagedBag;
    let target: Target;
    beforeEach(async () => {
      server = await startProftpd({ overwrite, folderRename: false });
      proxy = await startTcpProxy(server.port);
      home = await mkdtemp(join(tmpdir(), 'staged-'));
      bag = await stageBag(join(home, BAG), { 'data/omrade1_anmalningar.csv': 12 * MiB, 'data/omrade2_bilagor/1_foto å.jpg': 70_000 });
      const { username, keyFile: privateKey, folder: path, hostKey } = server;
      target = targetOf({ port: proxy.port, username, privateKey, path, hostKey });
    });
    afterEach(async () => {
      await proxy.close();
      await server.close();
      await rm(home, { recursive: true });
    });
    const deliver = (journal: MemoryJournal) => send({ target, journal, bag, allowVisible: true });

    it('the bag arrives file by file with the operator’s yes, and only then', async () => {
      const error = await errorOf(send({ target, journal: new MemoryJournal(), bag }));
      expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'no_folder_rename' } });
      expect(await readdir(server.folder)).toEqual([]);
      const { result } = await deliver(new MemoryJournal());
      await expectArrived(server.folder, bag);
      expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['visible_files']) });
    });

    it('F3, D17: an upload that was cut goes on in a new process; one that is given up is cleared', async () => {
      const journal = new MemoryJournal();
      const cut = proxy.cutAfter(8 * MiB);
      expect(await errorOf(deliver(journal))).toMatchObject({ code: 'sftp_down' });
      await cut;
      expect(await readdir(server.folder)).toEqual([BAG]);
      await deliver(new MemoryJournal(journal.lines));
      await expectArrived(server.folder, bag);

      await rm(join(server.folder, BAG), { recursive: true });
      const given = new MemoryJournal();
      const again = proxy.cutAfter(8 * MiB);
      expect(await errorOf(deliver(given))).toMatchObject({ code: 'sftp_down' });
      await again;
      expect(await removePart({ target, pinnedHostKeys: [], records: given.lines, signal: new AbortController().signal })).toBe(1);
      expect(await readdir(server.folder)).toEqual([]);
    });
  },
);

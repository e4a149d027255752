import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { expectArrived } from '../support/arrived.ts';
import { BAG, MemoryJournal, MiB, send, stageBag, targetOf } from '../support/bag-to-send.ts';
import { SSHD_PATH, SSHD_SKIP, startSshd } from '../support/sshd.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { targetContract } from './target.ts';

const suites = [
  { name: 'OpenSSH, commands allowed, one data channel', exec: true, channels: 1 },
  { name: 'OpenSSH, internal-sftp only, four data channels', exec: false, channels: 4 },
];

for (const { name, exec, channels } of suites) {
  if (SSHD_PATH) {
    const start = async () => {
      const sshd = await startSshd({ exec });
      const [hostKey] = await sshd.fingerprints();
      const { port, username, keyFile, folder, idle, close } = sshd;
      return { port, username, privateKey: keyFile, path: folder, folder, hostKey: hostKey ?? '', idle, close };
    };
    targetContract(name, start, channels);
  } else describe.skip(`target contract: ${name}${SSHD_SKIP}`, () => {});
}

describe.skipIf(!SSHD_PATH)(`target: OpenSSH${SSHD_SKIP}`, () => {
  it.each([
    ['lists no folder', 'opendir,readdir', 'no_listing'],
    ['lists no folder and shows no name', 'opendir,readdir,lstat,stat', 'no_lstat'],
  ])(
    'N02: a drop box that %s: a cut upload goes on, every size and content is proven, and the receipt says what was not seen',
    async (_, refused, note) => {
      const sshd = await startSshd({ sftp: `internal-sftp -P ${refused}` });
      const proxy = await startTcpProxy(sshd.port);
      const home = await mkdtemp(join(tmpdir(), 'staged-'));
      try {
        const bag = await stageBag(join(home, BAG), { 'data/omrade1_anmalningar.csv': 3 * MiB, 'data/omrade2_anteckningar.csv': 24 * MiB });
        const [hostKey] = await sshd.fingerprints();
        const target = targetOf({ port: proxy.port, username: sshd.username, privateKey: sshd.keyFile, path: sshd.folder, hostKey });
        expect((await probeTarget(target, [], undefined, new AbortController().signal)).names).toEqual([]);
        const cut = proxy.cutAfter(20 * MiB);
        const journal = new MemoryJournal();
        const { result } = await send({ target, journal, bag, maxOfflineMs: 60_000 });
        await cut;
        expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining([note]) });
        const begun = journal.lines.flatMap((line) => (line.type === 'open' ? [line.file] : []));
        expect(begun.filter((file) => file === 'data/omrade1_anmalningar.csv')).toHaveLength(1);
        await expectArrived(sshd.folder, bag);
      } finally {
        await proxy.close();
        await sshd.close();
        await rm(home, { recursive: true });
      }
    },
  );

  it('D16: a link that is set anew while we send leads to another receiver: stopped (15), and nothing reaches it', async () => {
    const sshd = await startSshd();
    const home = await mkdtemp(join(tmpdir(), 'staged-'));
    try {
      for (const folder of ['skane', 'halland']) await mkdir(join(sshd.folder, folder));
      const path = join(sshd.folder, 'lank');
      await symlink('skane', path);
      const bag = await stageBag(join(home, BAG), { 'data/omrade3_diarienummer.csv': 90_000 });
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        await append(record);
        if (record.type !== 'sent' || record.file !== 'tagmanifest-sha256.txt') return;
        await symlink('halland', `${path}.new`);
        await rename(`${path}.new`, path);
      };
      const [hostKey] = await sshd.fingerprints();
      const target = targetOf({ port: sshd.port, username: sshd.username, privateKey: sshd.keyFile, path, hostKey });
      await expect(send({ target, journal, bag, maxOfflineMs: 60_000 })).rejects.toMatchObject({ code: 'target_changed', exitCode: 15 });
      expect(await readdir(join(sshd.folder, 'halland'))).toEqual([]);
      expect(await readdir(join(sshd.folder, 'skane'))).not.toContain(BAG);
    } finally {
      await sshd.close();
      await rm(home, { recursive: true });
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectArrived } from '../support/arrived.ts';
import { BAG, MemoryJournal, MiB, send, stageBag, targetOf } from '../support/bag-to-send.ts';
import { PROFTPD_SKIP, startProftpd } from '../support/proftpd.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { targetContract } from './target.ts';

const NAME = 'ProFTPD mod_sftp';

if (PROFTPD_SKIP === '') {
  targetContract(NAME, async () => {
    const { port, username, keyFile, folder, hostKey, idle, close } = await startProftpd();
    return { port, username, privateKey: keyFile, path: folder, folder, hostKey, idle, close };
  });

  describe('target: ProFTPD mod_sftp as Debian configures it, without AllowOverwrite', () => {
    it('a file that may not be opened again is sent anew after a cut, and arrives', async () => {
      const server = await startProftpd({ overwrite: false });
      const proxy = await startTcpProxy(server.port);
      const home = await mkdtemp(join(tmpdir(), 'staged-'));
      try {
        const bag = await stageBag(join(home, BAG), { 'data/omrade1_anmalningar.csv': 24 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
        const { username, keyFile: privateKey, folder: path, hostKey } = server;
        const target = targetOf({ port: proxy.port, username, privateKey, path, hostKey });
        const cut = proxy.cutAfter(20 * MiB);
        const { result } = await send({ target, journal: new MemoryJournal(), bag, maxOfflineMs: 60_000 });
        await cut;
        expect(result).toMatchObject({ contentVerified: true, bytesResent: expect.any(Number) });
        expect(result.bytesResent).toBeGreaterThan(16 * MiB);
        await expectArrived(path, bag);
      } finally {
        await proxy.close();
        await server.close();
        await rm(home, { recursive: true });
      }
    });
  });
} else describe.skip(`target contract: ${NAME}${PROFTPD_SKIP}`, () => {});

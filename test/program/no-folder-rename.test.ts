import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CC_SKIP, noFolderRenameLibrary } from '../support/no-folder-rename-library.ts';
import { decisions } from '../support/program.ts';
import { type ProgramServers, startProgramServers } from '../support/program-servers.ts';
import { SFTP_SERVER_PATH, SSHD_SKIP } from '../support/sshd.ts';

const SKIP = SSHD_SKIP || CC_SKIP || (SFTP_SERVER_PATH ? '' : ' (SKIPPED: no sftp-server on this machine)');

describe.skipIf(SKIP)(`the program and a server that renames no folder${SKIP}`, () => {
  let library: string;
  let servers: ProgramServers;
  beforeAll(async () => {
    library = await mkdtemp(join(tmpdir(), 'library-'));
    servers = await startProgramServers({ sftp: SFTP_SERVER_PATH, config: [`SetEnv LD_PRELOAD=${await noFolderRenameLibrary(library)}`] });
  });
  afterAll(async () => {
    await servers.close();
    await rm(library, { recursive: true });
  });

  it('the error (13) says what the operator may say yes to, fortsatt --ja delivers, and the receipt says how', async () => {
    const program = await servers.newProgram((await servers.newSource({ scale: 0.05 })).reader);
    try {
      await program.decide('12', decisions('BBBGBBB'));
      const refused = await program.run(['leverera', '12', '--bekrafta', 'Region Skåne']);
      expect(refused.code).toBe(13);
      expect(`${refused.stdout}${refused.stderr}`).toContain('sminet-leverans fortsatt REGION --ja');
      expect(await readdir(program.remote)).toEqual([]);

      const { code, json } = await program.run(['fortsatt', '12', '--ja', '--json']);
      expect(code).toBe(0);
      const result = json.at(-1) as { readonly delivery: string; readonly bag: string };
      expect(await readdir(program.remote)).toEqual([result.bag]);
      const kvitto = await readFile(join(program.state, 'deliveries', result.delivery, 'kvitto.txt'), 'utf8');
      expect(kvitto.replaceAll(/\s+/g, ' ')).toContain('och tagmanifest-sha256.txt sist.');
      expect((await program.run(['verifiera', join(program.remote, result.bag)])).code).toBe(0);
    } finally {
      await program.close();
    }
  });
});

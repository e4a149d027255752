import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '../support/program.ts';
import { type ProgramServers, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

describe.skipIf(!SSHD_PATH)(`F37: the terminal is gone${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  beforeAll(async () => {
    servers = await startProgramServers();
    servers.there.proxy.throttle(60_000);
  });
  afterAll(() => servers.close());

  it('F37: SIGHUP while it sends ends the run with 129 and nothing published; the same command goes on', async () => {
    const source = await servers.newSource();
    const program = await servers.newProgram(source.reader);
    try {
      await program.decide('12', decisions('BBBBBBB'));
      const leverera = ['leverera', '12', '--forgrund', '--bekrafta', 'Region Skåne', '--json'];
      const running = program.start(leverera);
      await running.until((event) => event.type === 'status' && event.stage === 'upload');
      running.process.kill('SIGHUP');
      expect((await running.ended).code).toBe(129);
      const left = await readdir(program.remote);
      expect(left.filter((name) => !name.startsWith('.'))).toEqual([]);
      servers.there.proxy.throttle(null);
      const again = await program.run(leverera);
      expect(again.code).toBe(0);
      expect(await readdir(program.remote)).toHaveLength(1);
      expect(again.json.at(-1)).toMatchObject({ type: 'result', contentVerified: true });
    } finally {
      await program.close();
    }
  });
});

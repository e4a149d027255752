import { execFileSync, spawn } from 'node:child_process';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerConnection } from '../../src/delivery/follow.ts';
import { connectToWorker } from '../../src/delivery/follow.ts';
import type { House } from '../../src/delivery/house.ts';
import { readDeliveries } from '../../src/delivery/read-deliveries.ts';
import { startWorker } from '../../src/delivery/start-worker.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { decisions } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { type SshAgent, startSshAgent } from '../support/ssh-agent.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const REGION = '12';
const LEVERERA = ['leverera', REGION, '--bekrafta', 'Region Skåne'];
const PASSPHRASE = 'hemlig-fras-4711';

describe.skipIf(!SSHD_PATH)(`logins that need a person, by a worker without a terminal${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: string;
  let program: RegionProgram;
  beforeAll(async () => {
    servers = await startProgramServers();
    source = (await servers.newSource({ scale: 0.05 })).reader;
  });
  afterAll(() => servers.close());
  beforeEach(async () => {
    program = await servers.newProgram(source);
    await program.decide(REGION, decisions('BBBGBBB'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    servers.there.proxy.throttle(null);
    await program.close();
  });

  /** A key that the server accepts, as the target's; '' for none. */
  const useKey = async (passphrase: string, inSettings = true): Promise<string> => {
    const file = join(program.home, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
    await appendFile(`${servers.there.sshd.keyFile}.pub`, await readFile(`${file}.pub`));
    await program.set({ targets: { [REGION]: { ...program.target, privateKey: inSettings ? file : undefined } } });
    return file;
  };
  const begin = (): Promise<WorkerConnection> =>
    startWorker({ settings: { file: program.config }, state: { dir: program.state } } as House, {
      programFile: MAIN,
      region: REGION,
      typedName: 'Region Skåne',
      asNew: false,
      maxOffline: undefined,
      yes: false,
    });
  /** Follows to the end, and does something at some events. */
  const follow = async (connection: WorkerConnection, onEvent: (event: DeliveryEvent) => unknown): Promise<DeliveryEvent | undefined> => {
    let last: DeliveryEvent | undefined;
    for await (const event of connection.events) {
      last = event;
      await onEvent(event);
    }
    return last;
  };
  const answer = (connection: WorkerConnection, question: number, secret: string | null) =>
    connection.send({ command: 'credentials', operator: 'anna', question, secret });
  const latest = async () => (await readDeliveries(program.state, await readdir(join(program.state, 'deliveries')), false)).at(-1);

  it('D13 a passphrase goes over the socket once, and is in no file, argument or environment', async () => {
    const file = await useKey(PASSPHRASE);
    // So that the worker is still there when it is looked at.
    servers.there.proxy.throttle(150_000);
    const connection = await begin();
    const asked: DeliveryEvent[] = [];
    const seen: string[] = [];
    const last = await follow(connection, async (event) => {
      if (event.type === 'credentials' && !event.isOver) {
        asked.push(event);
        answer(connection, event.question, PASSPHRASE);
      }
      if (event.type === 'file' && event.stage === 'upload' && seen.length === 0) {
        const proc = `/proc/${connection.hello.pid}`;
        seen.push(await readFile(`${proc}/cmdline`, 'utf8'), await readFile(`${proc}/environ`, 'utf8'));
        servers.there.proxy.throttle(null);
      }
    });
    expect(last).toMatchObject({ type: 'result', contentVerified: true });
    expect(asked).toEqual([{ type: 'credentials', question: 1, reason: 'passphrase', subject: file }]);
    expect(seen.length).toBeGreaterThan(0);
    for (const name of await readdir(program.home, { recursive: true })) {
      const content = await readFile(join(program.home, name), 'utf8').catch(() => '');
      seen.push(content);
    }
    expect(seen.filter((text) => text.includes(PASSPHRASE))).toEqual([]);
  });

  it('without a terminal anywhere leverera ends with 13 and says what to do, and asks nobody for a minute', async () => {
    const file = await useKey(PASSPHRASE);
    const { code, stderr } = await program.run(LEVERERA);
    expect([code, stderr]).toEqual([13, expect.stringContaining(`Nyckeln ${file} är skyddad med en lösenfras`)]);
    expect(stderr).toContain('ssh-add');
    expect(stderr).not.toContain('worker');
  });

  it('in a terminal leverera asks, shows nothing of what is typed, and delivers', async () => {
    await useKey(PASSPHRASE);
    const terminal = spawn(
      'script',
      [
        '-qefc',
        `${process.execPath} ${MAIN} ${LEVERERA.slice(0, 2).join(' ')} --bekrafta '12 skane' --config ${program.config}`,
        '/dev/null',
      ],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { PATH: process.env.PATH, HOME: program.home, TMPDIR: program.home, TERM: 'xterm' },
      },
    );
    let screen = '';
    let typed = 0;
    terminal.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      const questions = screen.match(/\): |id: /g)?.length ?? 0;
      if (questions > typed) terminal.stdin.write(`${typed === 0 ? 'fel' : PASSPHRASE}\r`);
      typed = questions;
    });
    const code = await new Promise((done) => terminal.on('close', done));
    expect([code, typed]).toEqual([0, 2]);
    expect(screen).toContain('Det stämde inte. Lösenfras till nyckeln');
    expect(screen).toContain('Klar. ');
    expect(screen).not.toContain(PASSPHRASE);
  });

  describe('F35 an agent that is gone when the line comes back', () => {
    let agents: SshAgent[];
    const newAgent = async (file: string) => {
      const agent = await startSshAgent(join(program.home, `a${agents.length}`));
      agents.push(agent);
      agent.add(file);
      return agent;
    };
    beforeEach(() => {
      agents = [];
    });
    afterEach(() => Promise.all(agents.map((agent) => agent.close())));

    /** A worker in the middle of its upload, that has just lost both its line and its agent. */
    const cutWithoutAgent = async () => {
      const file = await useKey('', false);
      const first = await newAgent(file);
      vi.stubEnv('SSH_AUTH_SOCK', first.socket);
      servers.there.proxy.throttle(60_000);
      const connection = await begin();
      for await (const event of { [Symbol.asyncIterator]: () => connection.events[Symbol.asyncIterator]() })
        if (event.type === 'status' && event.stage === 'upload' && event.bytes > 0) break;
      await first.close();
      servers.there.proxy.cut();
      servers.there.proxy.throttle(null);
      const again = await connectToWorker(program.state, REGION);
      if (!again) throw new Error('the worker is gone');
      return { file, connection: again };
    };

    it('another terminal brings another agent, and the delivery goes on', async () => {
      const { file, connection } = await cutWithoutAgent();
      const second = await newAgent(file);
      const asked: DeliveryEvent[] = [];
      const last = await follow(connection, (event) => {
        if (event.type !== 'credentials' || event.isOver) return;
        asked.push(event);
        answer(connection, event.question, second.socket);
      });
      expect(asked).toMatchObject([{ reason: 'agent' }]);
      expect(last).toMatchObject({ type: 'result', contentVerified: true });
    });

    it('when nobody has one the delivery pauses, not fails, and folj from a new terminal goes on with it', async () => {
      const { file, connection } = await cutWithoutAgent();
      const last = await follow(connection, (event) => {
        if (event.type === 'credentials' && !event.isOver) answer(connection, event.question, null);
      });
      expect(last).toMatchObject({ type: 'error', code: 13, error: 'sftp_login', facts: { reason: 'agent' } });
      expect(await latest()).toMatchObject({ outcome: 'paused', error: { code: 'sftp_login' } });
      const second = await newAgent(file);
      const { code, json } = await program.run(['folj', REGION, '--json'], { env: { SSH_AUTH_SOCK: second.socket } });
      expect([code, json.at(-1)]).toMatchObject([0, { type: 'result', contentVerified: true }]);
    });
  });
});

import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveSftp } from '../../src/demo/sftp-folder.ts';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import type { Credentials } from '../../src/transfer/transfer.ts';
import { answering } from '../support/asked.ts';
import { targetOf } from '../support/bag-to-send.ts';
import { makePamService, PAM_SKIP, type PamService } from '../support/pam-service.ts';
import { type SshAgent, startSshAgent } from '../support/ssh-agent.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { type SshdTarget, startSshdTarget } from '../support/sshd-target.ts';

const signal = new AbortController().signal;

let home: string;
let agent: SshAgent;
let there: SshdTarget;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'factor-'));
  agent = await startSshAgent(join(home, 'a'));
  vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await agent.close();
  await rm(home, { recursive: true });
});

const newKey = (name: string, type = 'ed25519'): string => {
  const file = join(home, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  return file;
};
const publicBlob = (file: string) =>
  Buffer.from(execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).split(' ')[1] ?? '', 'base64');
const probe = (privateKey: string | undefined, person?: Credentials) => probeTarget({ ...there.target, privateKey }, [], person, signal);
/** Every request to log in that the server got, in order: a key that it knows is shown first and then signs. */
const requests = async () =>
  [...(await there.sshd.log()).matchAll(/userauth-request for user \S+ service ssh-connection method (\S+)/g)].map(([, method]) => method);

describe.skipIf(PAM_SKIP)(`OpenSSH that wants a key and a password${PAM_SKIP}`, () => {
  let pam: PamService;
  beforeAll(async () => {
    pam = await makePamService('hemlig');
  });
  afterAll(() => pam.close());
  afterEach(() => there.close());
  const start = async (methods: string) => {
    there = await startSshdTarget({ program: pam.program, config: [...pam.config, 'LogLevel DEBUG', `AuthenticationMethods ${methods}`] });
  };

  it.each([
    ['ed25519', 'keyboard-interactive'],
    ['rsa', 'keyboard-interactive'],
    ['ed25519', 'password'],
  ])('an agent key (%s) and then %s: keys are shown until one is right, and the person is asked once', async (type, method) => {
    await start(`publickey,${method}`);
    const file = newKey('right', type);
    await appendFile(`${there.sshd.keyFile}.pub`, await readFile(`${file}.pub`));
    for (const key of [newKey('before'), file, newKey('after'), newKey('last')]) agent.add(key);
    const person = answering('hemlig');
    expect((await probe(undefined, person)).ident).toMatch(/OpenSSH/);
    expect(person.asked).toMatchObject([{ reason: 'password' }]);
    expect(await requests()).toEqual(['none', 'publickey', 'publickey', 'publickey', 'none', method]);
  });

  it.each(['keyboard-interactive', 'password'])('a key file and then %s: no key of the agent is shown', async (method) => {
    await start(`publickey,${method}`);
    agent.add(newKey('strange'));
    expect((await probe(there.sshd.keyFile, answering('hemlig'))).ident).toMatch(/OpenSSH/);
    expect(await requests()).toEqual(['none', 'publickey', 'publickey', method]);
  });

  it('a password that is wrong after the right key is asked for three times, and no further key is shown', async () => {
    await start('publickey,password');
    for (const key of [there.sshd.keyFile, newKey('after')]) agent.add(key);
    const person = answering('fel', 'fel', 'fel', 'hemlig');
    await expect(probe(undefined, person)).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'refused' } });
    expect(person.asked.map(({ isRetry = false }) => isRetry)).toEqual([false, true, true]);
    expect(await requests()).toEqual(['none', 'publickey', 'publickey', 'none', 'password', 'password', 'password']);
  });
});

describe.skipIf(!SSHD_PATH)(`OpenSSH that wants two keys${SSHD_SKIP}`, () => {
  afterEach(() => there.close());

  it('the agent goes on with its next keys, as the server still takes keys', async () => {
    there = await startSshdTarget({ config: ['LogLevel DEBUG', 'AuthenticationMethods publickey,publickey'] });
    const second = newKey('second');
    await appendFile(`${there.sshd.keyFile}.pub`, await readFile(`${second}.pub`));
    for (const key of [there.sshd.keyFile, newKey('between'), second, newKey('after')]) agent.add(key);
    expect((await probe(undefined)).ident).toMatch(/OpenSSH/);
    expect(await requests()).toEqual(['none', 'publickey', 'publickey', 'none', 'publickey', 'publickey', 'publickey']);
  });
});

describe('a server that asks for the signature of any key, to hide which ones it knows, and then for a code', () => {
  const hostKey = makeKeyPair();
  let server: ssh2.Server;
  let signed: Buffer[];
  const start = async (right: Buffer) => {
    signed = [];
    server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', (context) => {
        if (context.method === 'keyboard-interactive')
          return context.prompt([{ prompt: 'Kod', echo: true }], ([code]) => (code === '4711' ? context.accept() : context.reject()));
        if (context.method !== 'publickey') return context.reject(signed.at(-1)?.equals(right) ? ['keyboard-interactive'] : ['publickey']);
        if (!context.signature) return context.accept();
        signed.push(context.key.data);
        return context.key.data.equals(right) ? context.reject(['keyboard-interactive'], true) : context.reject(['publickey']);
      });
      connection.on('session', (accept) => accept().on('sftp', (open) => serveSftp(open(), home)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  };
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  it('a signature that is refused is followed by the next key, and one that is taken by the code alone', async () => {
    const files = [newKey('before'), newKey('right'), newKey('after')];
    for (const file of files) agent.add(file);
    const [before, right] = files.map(publicBlob) as [Buffer, Buffer];
    await start(right);
    const person = answering('4711');
    const target = targetOf({
      port: (server.address() as AddressInfo).port,
      username: 'skane',
      path: '/',
      hostKey: fingerprintOf(Buffer.from(hostKey.public.split(' ')[1] ?? '', 'base64')),
    });
    await probeTarget(target, [], person, signal);
    expect(signed).toEqual([before, right]);
    expect(person.asked).toEqual([{ reason: 'password', subject: 'skane@127.0.0.1', prompt: 'Kod', isEchoed: true }]);
  });
});

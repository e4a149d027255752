import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveSftp } from '../../src/demo/sftp-folder.ts';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { remembering } from '../../src/transfer/login/credentials.ts';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { needsForwardedAgent, prepareLogin } from '../../src/transfer/login/login.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { openSession } from '../../src/transfer/session/open-session.ts';
import type { Credentials } from '../../src/transfer/transfer.ts';
import { answering } from '../support/asked.ts';
import { targetOf } from '../support/bag-to-send.ts';
import { startSshAgent } from '../support/ssh-agent.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { type SshdTarget, startSshdTarget } from '../support/sshd-target.ts';

const signal = new AbortController().signal;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'login-'));
  vi.stubEnv('SSH_AUTH_SOCK', '');
  vi.stubEnv('HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

describe('prepareLogin', () => {
  const target = (privateKey?: string) => targetOf({ port: 22, username: 'skane', path: '/', privateKey });

  it('a key below ~ is found in the home folder', async () => {
    await writeFile(join(home, 'id'), makeKeyPair().private);
    await prepareLogin(target('~/id'));
  });

  it('a key that is missing, one that is no key, and no way at all are told apart (13)', async () => {
    await writeFile(join(home, 'text'), 'not a key');
    const error = { code: 'sftp_login', exitCode: 13 };
    await expect(prepareLogin(target('~/nowhere'))).rejects.toMatchObject({ ...error, facts: { reason: 'key_unreadable' } });
    await expect(prepareLogin(target('~/text'))).rejects.toMatchObject({ ...error, facts: { reason: 'key_invalid' } });
    await expect(prepareLogin(target())).rejects.toMatchObject({ ...error, facts: { reason: 'no_credentials' } });
  });
});

describe('needsForwardedAgent', () => {
  it('only where nothing but an agent logs in, and the terminal is one over ssh', async () => {
    const key = makeKeyPair();
    await writeFile(join(home, 'id'), key.private);
    await writeFile(join(home, 'id.pub'), key.public);
    const needs = (file: string | undefined, env: NodeJS.ProcessEnv) =>
      needsForwardedAgent(targetOf({ port: 22, username: 'skane', path: '/', privateKey: file && join(home, file) }), env);
    const over = { SSH_AUTH_SOCK: '/a', SSH_CONNECTION: '1 2 3 4' };
    expect([await needs(undefined, over), await needs('id.pub', over), await needs('id', over)]).toEqual([true, true, false]);
    expect([await needs(undefined, { SSH_AUTH_SOCK: '/a' }), await needs(undefined, {})]).toEqual([false, false]);
    const named = (agentSocket: string, env: NodeJS.ProcessEnv) =>
      needsForwardedAgent({ ...targetOf({ port: 22, username: 'skane', path: '/' }), route: { agentSocket } }, env);
    expect([await named('', over), await named('/b', { SSH_CONNECTION: '1 2 3 4' })]).toEqual([false, true]);
  });
});

describe.skipIf(!SSHD_PATH)(`logging in to OpenSSH${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  beforeAll(async () => {
    there = await startSshdTarget();
  });
  afterAll(() => there.close());

  /** A new key that the server accepts, made by ssh-keygen with these options. */
  const newKey = async (...options: string[]): Promise<string> => {
    const file = join(home, `id${Math.random()}`);
    execFileSync('ssh-keygen', ['-q', '-f', file, ...options]);
    await appendFile(`${there.sshd.keyFile}.pub`, await readFile(`${file}.pub`));
    return file;
  };
  const probe = (privateKey: string | undefined, credentials?: Credentials) =>
    probeTarget({ ...there.target, privateKey }, [], credentials, signal);
  const newLog = async () => {
    const before = (await there.sshd.log()).length;
    return async () => (await there.sshd.log()).slice(before);
  };

  it.each([
    ['ed25519, OpenSSH', ['-t', 'ed25519', '-N', 'hemlig fras']],
    ['rsa, OpenSSH', ['-t', 'rsa', '-b', '2048', '-N', 'hemlig fras']],
    ['rsa, PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'hemlig fras']],
  ])('an encrypted key opens with its passphrase, asked for once (%s)', async (_, options) => {
    const file = await newKey(...options);
    await rm(`${file}.pub`);
    const person = answering('hemlig fras');
    const auth = await prepareLogin({ ...there.target, privateKey: file }, remembering(person.ask));
    for (const _again of [1, 2]) (await openSession({ target: there.target, pinnedHostKeys: [], auth, signal })).close();
    expect(person.asked).toEqual([{ reason: 'passphrase', subject: file }]);
  });

  it('a wrong passphrase is asked for again, three times in all, and no key is tried', async () => {
    const file = await newKey('-t', 'ed25519', '-N', 'hemlig');
    const log = await newLog();
    const person = answering('fel', 'fel', 'fel', 'hemlig');
    await expect(probe(file, person)).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'passphrase_wrong', key: file } });
    expect(person.asked.map(({ isRetry = false }) => isRetry)).toEqual([false, true, true]);
    expect(await log()).not.toMatch(/publickey/);
    expect((await probe(file, answering('fel', 'hemlig'))).ident).toMatch(/OpenSSH/);
  });

  it('a passphrase that nobody gives is passphrase_missing (13)', async () => {
    const file = await newKey('-t', 'ed25519', '-N', 'hemlig');
    for (const nobody of [undefined, answering()])
      await expect(probe(file, nobody)).rejects.toMatchObject({ exitCode: 13, facts: { reason: 'passphrase_missing', key: file } });
  });

  it('N01 nothing is asked before the host key is accepted', async () => {
    const file = await newKey('-t', 'ed25519', '-N', 'hemlig');
    const person = answering('hemlig');
    const strange = { ...there.target, privateKey: file, hostKey: undefined };
    await expect(probeTarget(strange, [], person, signal)).rejects.toMatchObject({ code: 'host_key_unknown' });
    expect(person.asked).toEqual([]);
  });

  it('a key that the server refuses is not asked about again, and a server that takes keys alone asks for no password', async () => {
    const file = join(home, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    const person = answering('lösenord');
    await expect(probe(file, person)).rejects.toMatchObject({ facts: { reason: 'refused' } });
    expect(person.asked).toEqual([]);
  });

  it('the agent logs in; a public key file chooses one of its keys, and the others are never shown', async () => {
    const agent = await startSshAgent(join(home, 'a'));
    try {
      for (let strange = 0; strange < 8; strange += 1) {
        const file = join(home, `strange${strange}`);
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
        agent.add(file);
      }
      const file = await newKey('-t', 'ed25519', '-N', '');
      agent.add(file);
      vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
      await expect(probe(undefined)).rejects.toMatchObject({ code: expect.stringMatching('sftp_') }); // too many keys for the server
      const log = await newLog();
      expect((await probe(`${file}.pub`)).ident).toMatch(/OpenSSH/);
      expect((await log()).match(/Failed publickey/g)).toBeNull();
    } finally {
      await agent.close();
    }
  });

  it('an encrypted key that the agent holds needs no passphrase', async () => {
    const file = await newKey('-t', 'ed25519', '-N', '');
    const agent = await startSshAgent(join(home, 'a'));
    try {
      agent.add(file);
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'hemlig', '-f', file]);
      vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
      const person = answering();
      expect((await probe(file, person)).ident).toMatch(/OpenSSH/);
      expect(person.asked).toEqual([]);
    } finally {
      await agent.close();
    }
  });

  it('F35 an agent that is gone at a reconnection is asked for, and another one is as good', async () => {
    const file = await newKey('-t', 'ed25519', '-N', '');
    const [first, second] = [await startSshAgent(join(home, 'a')), await startSshAgent(join(home, 'b'))];
    try {
      for (const agent of [first, second]) agent.add(file);
      vi.stubEnv('SSH_AUTH_SOCK', first.socket);
      const target = { ...there.target, privateKey: undefined };
      const person = answering(second.socket);
      const auth = await prepareLogin(target, person);
      const connect = async () => (await openSession({ target, pinnedHostKeys: [], auth, signal })).close();
      await connect();
      await first.close();
      await connect();
      expect(person.asked).toEqual([{ reason: 'agent', subject: `${target.username}@127.0.0.1` }]);
      await second.close();
      await expect(connect()).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'agent' } });
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});

describe('a server that asks questions', () => {
  const hostKey = makeKeyPair();
  const fingerprint = fingerprintOf(Buffer.from(hostKey.public.split(' ')[1] ?? '', 'base64'));
  let server: ssh2.Server;
  let attempts: string[];
  let password: string;

  const start = (methods: ssh2.AuthenticationType[]) => {
    attempts = [];
    password = 'hemlig';
    server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', (context) => {
        if (context.method === 'none') return context.reject(methods);
        attempts.push(context.method);
        if (context.method === 'password') return context.password === password ? context.accept() : context.reject(methods);
        if (context.method !== 'keyboard-interactive') return context.reject(methods);
        const prompts = [
          { prompt: 'Password: \u001b[2J', echo: false },
          { prompt: 'Kod', echo: true },
        ];
        context.prompt(prompts, 'Inloggning', (answers) =>
          answers.join() === `${password},4711` ? context.accept() : context.reject(methods),
        );
      });
      connection.on('session', (accept) => accept().on('sftp', (open) => serveSftp(open(), home)));
    });
    return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  };
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const target = () => targetOf({ port: (server.address() as AddressInfo).port, username: 'skane', path: '/', hostKey: fingerprint });
  const connect = async (person: Credentials, times = 1) => {
    const auth = await prepareLogin(target(), remembering(person.ask));
    for (let time = 0; time < times; time += 1) (await openSession({ target: target(), pinnedHostKeys: [], auth, signal })).close();
    return auth;
  };

  it('keyboard-interactive: each question is asked, as one line without control characters, and answered again by itself', async () => {
    await start(['keyboard-interactive']);
    const person = answering('hemlig', '4711');
    await connect(person, 2);
    expect(person.asked).toEqual([
      { reason: 'password', subject: 'skane@127.0.0.1', prompt: 'Password:  [2J' },
      { reason: 'password', subject: 'skane@127.0.0.1', prompt: 'Kod', isEchoed: true },
    ]);
  });

  it('F35 a password that has expired at a reconnection is asked for anew', async () => {
    await start(['password']);
    const person = answering('hemlig', 'ny');
    const auth = await connect(person);
    password = 'ny';
    (await openSession({ target: target(), pinnedHostKeys: [], auth, signal })).close();
    expect(person.asked.map(({ isRetry = false }) => isRetry)).toEqual([false, true]);
    expect(attempts).toEqual(['password', 'password', 'password']);
  });

  it('three wrong answers are enough, and nobody who answers is password_missing (13)', async () => {
    await start(['keyboard-interactive', 'password']);
    const wrong = answering(...'fel fel fel fel fel fel fel fel'.split(' '));
    await expect(connect(wrong)).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'refused' } });
    expect(attempts).toEqual(['keyboard-interactive', 'keyboard-interactive', 'keyboard-interactive']);
    await expect(connect(answering())).rejects.toMatchObject({ exitCode: 13, facts: { reason: 'password_missing' } });
  });
});

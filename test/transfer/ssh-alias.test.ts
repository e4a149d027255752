import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { knownKeysFor } from '../../src/transfer/login/known-hosts.ts';
import { resolveAlias } from '../../src/transfer/login/ssh-alias.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { fetchHostKey } from '../../src/transfer/session/fetch-host-key.ts';
import { answering } from '../support/asked.ts';
import { targetOf } from '../support/bag-to-send.ts';
import { startSshAgent } from '../support/ssh-agent.ts';
import { SSHD_PATH, SSHD_SKIP, type Sshd, startSshd } from '../support/sshd.ts';

const signal = new AbortController().signal;
let home: string;
let bin: string;
let config: string;

/** OpenSSH reads the passwd entry's home, not HOME: an `ssh` of the same name in front of it is told where our configuration is. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'alias-'));
  bin = join(home, 'bin');
  config = join(home, 'config');
  await mkdir(bin);
  const real = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  const wrapper = `#!/bin/sh\ncase "$1 $2" in "-F none") exec ${real} "$@";; esac\nexec ${real} -F ${config} "$@"\n`;
  await writeFile(join(bin, 'ssh'), wrapper, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  vi.stubEnv('SSH_AUTH_SOCK', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

describe.skipIf(!SSHD_PATH)(`aliases of the operator's ssh configuration${SSHD_SKIP}`, () => {
  let server: Sshd;
  let jump: Sshd;
  beforeAll(async () => {
    [server, jump] = await Promise.all([startSshd(), startSshd()]);
  });
  afterAll(() => Promise.all([server.close(), jump.close()]));
  const target = (host: string, port = 22) => ({ ...targetOf({ port, username: server.username, path: server.folder }), host });

  it('a host that is no alias is what it says, with dots or without, and in settings that say more they win', async () => {
    await writeFile(config, `Host region\n  HostName 127.0.0.1\n  Port 2200\n  IdentityFile ${server.keyFile}\n`);
    for (const host of ['127.0.0.1', 'sftp.example', 'localhost', '::1']) expect(await resolveAlias(target(host))).toEqual(target(host));
    await expect(resolveAlias(target('-oProxyCommand=false'))).rejects.toMatchObject({ code: 'sftp_failed', exitCode: 13 });
    const own = { ...target('region', 2022), privateKey: '/own' };
    expect(await resolveAlias(own)).toMatchObject({ host: '127.0.0.1', port: 2022, privateKey: '/own' });
  });

  it('host, port, key, the name of its host key and the file that has it come from there, and log in (D16)', async () => {
    const [shown] = await fetchHostKey('127.0.0.1', server.port, signal);
    const known = join(home, 'known');
    await writeFile(known, `region-nyckel ${shown?.type} ${shown?.blob.toString('base64')}\n`);
    await writeFile(
      config,
      [
        'Host region',
        '  HostName 127.0.0.1',
        `  Port ${server.port}`,
        '  IdentityFile ~/.ssh/finns-inte',
        `  IdentityFile ${server.keyFile}`,
        '  HostKeyAlias Region-Nyckel',
        `  UserKnownHostsFile ${known}`,
        '',
      ].join('\n'),
    );
    const found = await resolveAlias(target('region'));
    expect(found).toMatchObject({
      host: '127.0.0.1',
      port: server.port,
      privateKey: server.keyFile,
      route: { hostKeyName: 'region-nyckel', knownHostsFiles: [known] },
    });
    const keys = knownKeysFor(await readFile(known, 'utf8'), 'region-nyckel');
    expect((await probeTarget(found, keys, undefined, signal)).binding).toMatchObject({ host: '127.0.0.1', port: server.port });
  });

  it.each([
    ['~/agent', join(userInfo().homedir, 'agent')],
    ['%d/agent', join(userInfo().homedir, 'agent')],
    ['/run/en agent', '/run/en agent'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as ssh writes it
    ['${AGENT_DIR}/agent', '/run/agents/agent'],
    ['$AGENT_DIR', '/run/agents'],
    ['$AGENT_UNSET', ''],
    ['none', ''],
  ])('IdentityAgent %s is the socket "%s"', async (said, agentSocket) => {
    vi.stubEnv('AGENT_DIR', '/run/agents');
    await writeFile(config, `Host *\n  IdentityAgent "${said}"\n`);
    expect(await resolveAlias(target('region'))).toEqual({ ...target('region'), route: { agentSocket } });
  });

  it('the agent of IdentityAgent logs in instead of the one of SSH_AUTH_SOCK, nobody is asked for another, and none is no agent', async () => {
    const [empty, agent] = [await startSshAgent(join(home, 'e')), await startSshAgent(join(home, 'a'))];
    try {
      agent.add(server.keyFile);
      const [hostKey] = await server.fingerprints();
      const person = answering(agent.socket);
      const probe = async (identityAgent: string, environment: string) => {
        vi.stubEnv('SSH_AUTH_SOCK', environment);
        await writeFile(config, `Host region\n  HostName 127.0.0.1\n  Port ${server.port}\n  IdentityAgent ${identityAgent}\n`);
        return probeTarget({ ...(await resolveAlias(target('region'))), hostKey }, [], person, signal);
      };
      expect((await probe(agent.socket, empty.socket)).ident).toMatch(/OpenSSH/);
      expect((await probe('SSH_AUTH_SOCK', agent.socket)).ident).toMatch(/OpenSSH/);
      await expect(probe(empty.socket, agent.socket)).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'agent' } });
      await expect(probe('none', agent.socket)).rejects.toMatchObject({ code: 'sftp_login', facts: { reason: 'no_credentials' } });
      expect(person.asked).toEqual([]);
    } finally {
      await Promise.all([empty.close(), agent.close()]);
    }
  });

  it('a jump host carries the line, its own key is checked by ssh, and an unknown one carries nothing', async () => {
    const known = join(home, 'known');
    await writeFile(
      config,
      [
        'Host region',
        '  HostName 127.0.0.1',
        `  Port ${server.port}`,
        '  ProxyJump hopp',
        'Host hopp',
        '  HostName 127.0.0.1',
        `  Port ${jump.port}`,
        `  IdentityFile ${jump.keyFile}`,
        `  UserKnownHostsFile ${known}`,
        '',
      ].join('\n'),
    );
    const [hostKey] = await server.fingerprints();
    const found = { ...(await resolveAlias(target('region'))), privateKey: server.keyFile, hostKey };
    expect(found.route).toEqual({ jump: 'hopp' });
    await expect(probeTarget(found, [], undefined, signal)).rejects.toMatchObject({ code: 'sftp_down' });
    const [key] = await fetchHostKey('127.0.0.1', jump.port, signal);
    await writeFile(known, `[127.0.0.1]:${jump.port} ${key?.type} ${key?.blob.toString('base64')}\n`);
    expect((await probeTarget(found, [], undefined, signal)).ident).toMatch(/OpenSSH/);
    expect(await jump.log()).toMatch(/Accepted publickey/);
    expect((await fetchHostKey('127.0.0.1', server.port, signal, 'hopp')).map(({ fingerprint }) => fingerprint)).toContain(hostKey);
  });
});

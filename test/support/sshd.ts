import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { freePort } from './free-port.ts';
import { killIfAlive } from './kill-if-alive.ts';

const CANDIDATES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd', '/opt/homebrew/sbin/sshd'];
/** Where OpenSSH's server is on this machine, or undefined when it is not installed. */
export const SSHD_PATH = CANDIDATES.find((path) => existsSync(path));
const SFTP_SERVERS = ['/usr/lib/openssh/sftp-server', '/usr/libexec/openssh/sftp-server', '/usr/libexec/sftp-server'];
/** OpenSSH's SFTP server as a program of its own. */
export const SFTP_SERVER_PATH = SFTP_SERVERS.find((path) => existsSync(path));
/** Why a suite that needs it is skipped, for its title. */
export const SSHD_SKIP = SSHD_PATH ? '' : ' (SKIPPED: no sshd on this machine)';

export interface Sshd {
  readonly port: number;
  readonly username: string;
  /** A private key that may log in. */
  readonly keyFile: string;
  /** An empty folder for uploads, an absolute path on the server too. */
  readonly folder: string;
  /** `SHA256:…` of the keys that the server shows now, ed25519 first. */
  fingerprints(): Promise<string[]>;
  /** Everything the server has logged when no session is left, LogLevel VERBOSE: what is not there by then does not come. */
  log(): Promise<string>;
  /** Kills every running `sftp-server`, not the sessions that started them; returns how many there were. */
  killSftpServers(): number;
  /** Resolves when no session is left: what lines that were cut had brought is done. */
  idle(): Promise<void>;
  /** Stops listening and kills every session, like a reboot. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** New host keys; they are shown after the next start. */
  changeHostKeys(): Promise<void>;
  close(): Promise<void>;
}

export interface SshdOptions {
  /** Whether commands may run; without it every session is a forced internal-sftp (default: they may). */
  readonly exec?: boolean;
  readonly hostKeyTypes?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
  /** The SFTP subsystem (default `internal-sftp`, in the session's own process). */
  readonly sftp?: string;
  /** The server's program (default: the one of this machine). */
  readonly program?: string;
  /** Lines of sshd_config that go before ours and so win over them. */
  readonly config?: readonly string[];
}

/** A real OpenSSH server for tests, as whoever runs them, on a free loopback port, with keys and a log of its own. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { exec = true, hostKeyTypes = ['ed25519', 'ecdsa'], sftp = 'internal-sftp', config = [] } = options;
  const sshd = options.program ?? SSHD_PATH;
  if (!sshd) throw new Error('sshd is not installed');
  const home = await mkdtemp(join(tmpdir(), 'sshd-'));
  const at = (name: string) => join(home, name);
  const keygen = (file: string, type: string) => execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  const makeHostKeys = async () => {
    for (const type of hostKeyTypes) {
      await rm(at(`host_${type}`), { force: true });
      await rm(at(`host_${type}.pub`), { force: true });
      keygen(at(`host_${type}`), type);
    }
  };
  const port = await freePort();
  await makeHostKeys();
  keygen(at('id'), 'ed25519');
  await mkdir(at('in'));
  await writeFile(
    at('config'),
    [
      ...config,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...hostKeyTypes.map((type) => `HostKey ${at(`host_${type}`)}`),
      `AuthorizedKeysFile ${at('id.pub')}`,
      `PidFile ${at('pid')}`,
      'LogLevel VERBOSE',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxStartups 100',
      'UseDNS no',
      `Subsystem sftp ${sftp}`,
      ...(exec ? [] : ['ForceCommand internal-sftp']),
      '',
    ].join('\n'),
  );
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });

  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(sshd, ['-D', '-f', at('config'), '-E', at('log')], { stdio: 'ignore' });
    await listening(port, server);
  };
  const kill = async () => {
    if (server?.pid === undefined) return;
    const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
    // No session may begin between the look and the blow: nobody would find it again.
    killIfAlive(server.pid, 'SIGSTOP');
    for (const pid of [server.pid, ...descendantsOf(server.pid)]) killIfAlive(pid);
    await ended;
    server = undefined;
  };
  const idle = async () => {
    if (server?.pid !== undefined) await childless(server.pid);
  };
  await start();
  return {
    port,
    username: userInfo().username,
    keyFile: at('id'),
    folder: at('in'),
    fingerprints: async () => {
      const publics = await Promise.all(hostKeyTypes.map((type) => readFile(at(`host_${type}.pub`), 'utf8')));
      return publics.map((line) => fingerprintOf(Buffer.from(line.split(' ')[1] ?? '', 'base64')));
    },
    async log() {
      await idle();
      return readFile(at('log'), 'utf8');
    },
    killSftpServers: () => {
      const servers = descendantsOf(server?.pid ?? 0).filter((pid) => nameOf(pid) === 'sftp-server');
      for (const pid of servers) killIfAlive(pid);
      return servers.length;
    },
    idle,
    kill,
    start,
    changeHostKeys: makeHostKeys,
    close: async () => {
      await kill();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Waits until the server that was just started listens on its loopback port. */
export async function listening(port: number, server: ChildProcess): Promise<void> {
  while (server.exitCode === null && server.signalCode === null) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await pause(25);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`the server ended and does not listen on port ${port}`);
}

/** Waits until every process that this one started, and theirs, has ended. */
export async function childless(pid: number): Promise<void> {
  while (descendantsOf(pid).length > 0) await pause(10);
}

/** Sessions run in sessions of their own, so they are found by their parents. */
function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // ended while the list was read
      }
    });
  const children = parents.filter(({ parent }) => parent === pid).map((child) => child.pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return ''; // ended while it was asked
  }
}

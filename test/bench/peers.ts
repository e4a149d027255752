import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Line } from './line.ts';

/** Another program that uploads a file, or everything in a folder, to `<folder of the server>/<name>`. */
export interface Peer {
  readonly name: string;
  /** Undefined when it is not installed on this machine. */
  readonly version: string | undefined;
  put(line: Line, from: string, name: string, isFolder: boolean): Promise<void>;
}

/** How OpenSSH's programs log in to the line's server. */
export const sshOptions = (line: Line): string[] => [
  ...['-i', line.sshd.keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
];

const sftp: Peer = {
  name: 'sftp',
  version: versionOf('ssh', ['-V']),
  async put(line, from, name, isFolder) {
    const batch = join(from, '..', 'sftp.batch');
    // `put -r` of OpenSSH 9 wants the folder to be there.
    await writeFile(batch, isFolder ? `mkdir ${name}\nput -r ${from}/. ${name}\n` : `put -f ${from} ${name}\n`);
    const to = `${line.target.username}@127.0.0.1:${line.sshd.folder}`;
    await run('sftp', ['-q', '-b', batch, '-P', String(line.port), ...sshOptions(line), to]);
  },
};

const lftp: Peer = {
  name: 'lftp',
  version: versionOf('lftp', ['--version']),
  async put(line, from, name, isFolder) {
    const connect = `ssh -a -x ${sshOptions(line).join(' ')}`;
    const there = `${line.sshd.folder}/${name}`;
    const work = isFolder ? `mirror -R -P 8 ${from} ${there}` : `put ${from} -o ${there}`;
    const url = `sftp://${line.target.username}:@127.0.0.1:${line.port}`;
    await run('lftp', ['-e', `set sftp:connect-program "${connect}"; set cmd:fail-exit yes; open ${url}; ${work}; bye`]);
  },
};

const rclone: Peer = {
  name: 'rclone',
  version: versionOf('rclone', ['version']),
  async put(line, from, name, isFolder) {
    const server = ['--sftp-host', '127.0.0.1', '--sftp-port', String(line.port), '--sftp-user', line.target.username];
    const options = ['--config', '/dev/null', '--sftp-key-file', line.sshd.keyFile, '--sftp-disable-hashcheck', '--transfers', '16'];
    const to = `:sftp:${line.sshd.folder}/${name}`;
    await run('rclone', [isFolder ? 'copy' : 'copyto', from, to, ...server, ...options]);
  },
};

export const PEERS: readonly Peer[] = [sftp, lftp, rclone];

function versionOf(program: string, args: readonly string[]): string | undefined {
  try {
    const text = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n')[0];
    return text || program;
  } catch {
    return undefined;
  }
}

/** Runs a program to its end; throws what it said when that was no success. */
export async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
}

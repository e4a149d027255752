import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { freePort } from './free-port.ts';
import { childless, listening } from './sshd.ts';

const PROGRAMS = ['/usr/sbin/proftpd', '/usr/local/sbin/proftpd'];
const MODULES = ['/usr/lib/proftpd', '/usr/libexec/proftpd', '/usr/local/libexec'];
/** Where ProFTPD is on this machine, or undefined when it or its mod_sftp is not installed. */
export const PROFTPD_PATH = PROGRAMS.find((path) => existsSync(path));
const MODULE_PATH = MODULES.find((path) => existsSync(join(path, 'mod_sftp.so')));
/** Why a suite that needs it is skipped, for its title. */
export const PROFTPD_SKIP = PROFTPD_PATH && MODULE_PATH ? '' : ' (SKIPPED: no ProFTPD with mod_sftp on this machine)';

const NOBODY = { uid: 65534, gid: 65534, username: 'nobody' };
const USER = 'skane';

export interface Proftpd {
  readonly port: number;
  readonly username: string;
  readonly keyFile: string;
  readonly folder: string;
  readonly hostKey: string;
  /** Everything that mod_sftp has logged. */
  log(): Promise<string>;
  /** Resolves when no session is left: what lines that were cut had brought is done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * ProFTPD's mod_sftp on a free loopback port, with one account of its own; started by root it serves as nobody, else as whoever runs it.
 * `overwrite`: whether what is there may be opened again; `folderRename`: whether what stands in the upload folder may be renamed, or only
 * what is in a folder there.
 */
export async function startProftpd({ overwrite = true, folderRename = true } = {}): Promise<Proftpd> {
  if (!PROFTPD_PATH || !MODULE_PATH) throw new Error('ProFTPD is not installed');
  const home = await mkdtemp(join(tmpdir(), 'proftpd-'));
  const at = (name: string) => join(home, name);
  const me = userInfo();
  const served = me.uid === 0 ? NOBODY : me;
  await chmod(home, 0o755);
  await mkdir(at('in'));
  await chown(at('in'), served.uid, served.gid);
  for (const name of ['host', 'id']) execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', '', '-f', at(name)]);
  await writeFile(at('authorized'), execFileSync('ssh-keygen', ['-e', '-f', at('id.pub')]), { mode: 0o644 });
  await writeFile(at('passwd'), `${USER}:!:${served.uid}:${served.gid}::${at('in')}:/bin/sh\n`, { mode: 0o600 });
  await writeFile(at('group'), `grupp:x:${served.gid}:\n`, { mode: 0o600 });
  const port = await freePort();
  const groupName = execFileSync('id', ['-gn', served.username], { encoding: 'utf8' }).trim();
  await writeFile(
    at('config'),
    [
      `ModulePath ${MODULE_PATH}`,
      'LoadModule mod_sftp.c',
      'ServerType standalone',
      'ServerName sftp',
      'DefaultAddress 127.0.0.1',
      'UseIPv6 off',
      `Port ${port}`,
      `User ${served.username}`,
      `Group ${groupName}`,
      `PidFile ${at('pid')}`,
      `ScoreboardFile ${at('scoreboard')}`,
      `DelayTable none`,
      `SystemLog ${at('system.log')}`,
      'WtmpLog off',
      'UseReverseDNS off',
      'RequireValidShell off',
      'AuthOrder mod_auth_file.c',
      `AuthUserFile ${at('passwd')}`,
      `AuthGroupFile ${at('group')}`,
      'MaxInstances 50',
      'Umask 077',
      `AllowOverwrite ${overwrite ? 'on' : 'off'}`,
      'AllowStoreRestart on',
      'SFTPEngine on',
      `SFTPLog ${at('sftp.log')}`,
      `SFTPHostKey ${at('host')}`,
      'SFTPAuthMethods publickey',
      `SFTPAuthorizedUserKeys file:${at('authorized')}`,
      ...(folderRename ? [] : [...limitRename(at('in'), 'DenyAll'), ...limitRename(`${at('in')}/*/*`, 'AllowAll')]),
      '',
    ].join('\n'),
  );
  const server = spawn(PROFTPD_PATH, ['-n', '-c', at('config')], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  await listening(port, server);
  const publicKey = await readFile(at('host.pub'), 'utf8');
  return {
    port,
    username: USER,
    keyFile: at('id'),
    folder: at('in'),
    hostKey: fingerprintOf(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')),
    log: () => readFile(at('sftp.log'), 'utf8'),
    idle: async () => {
      if (server.pid !== undefined) await childless(server.pid);
    },
    async close() {
      server.kill('SIGTERM');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

const limitRename = (folder: string, rule: 'AllowAll' | 'DenyAll'): readonly string[] => [
  `<Directory ${folder}>`,
  '<Limit RNFR RNTO>',
  rule,
  '</Limit>',
  '</Directory>',
];

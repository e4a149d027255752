import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { AuthContext, Connection, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { fingerprintOf } from '../transfer/login/host-keys.ts';
import { serveSftp } from './sftp-folder.ts';
import { makeKeyPair } from './ssh-key.ts';

export interface EmbeddedSftpOptions {
  /** Each user sees only `<root>/<user>`, as `/`; the folders are made. */
  readonly root: string;
  /** The server's private key; made (ed25519, 0600) when it is missing. */
  readonly hostKeyFile: string;
  readonly users: readonly string[];
  /** Public keys in OpenSSH's one-line form; each may log in as any of the users. */
  readonly authorizedKeys: readonly string[];
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
}

export interface EmbeddedSftp {
  readonly port: number;
  /** `SHA256:…` of the host key. */
  readonly fingerprint: string;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * An SFTP version 3 server over a folder, for the demo and the tests; loopback only.
 * ssh2's server side cannot advertise extensions, so there is no fsync, statvfs or limits here, and no command may run:
 * a transfer to it goes the way of a plain server.
 */
export async function startEmbeddedSftp(options: EmbeddedSftpOptions): Promise<EmbeddedSftp> {
  const hostKey = await readOrMakeKey(options.hostKeyFile);
  const allowed = options.authorizedKeys.map((line) => parsed(line));
  for (const user of options.users) await mkdir(join(options.root, user), { recursive: true });

  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection);
    let folder = '';
    connection.on('error', () => {}); // a client that was killed; `close` follows
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      if (!options.users.includes(context.username) || !mayLogIn(context, allowed)) return context.reject(['publickey']);
      folder = join(options.root, context.username);
      context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveSftp(acceptSftp(), folder));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: fingerprintOf(parsed(hostKey).getPublicSSH()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
      }),
  };
}

function mayLogIn(context: AuthContext, allowed: readonly ParsedKey[]): boolean {
  if (context.method !== 'publickey') return false;
  const key = allowed.find((candidate) => candidate.getPublicSSH().equals(context.key.data));
  if (!key) return false;
  // Without a signature the client only asks whether the key would do.
  return !context.signature || !context.blob || key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

async function readOrMakeKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = makeKeyPair().private;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, key, { mode: 0o600 });
  return key;
}

function parsed(key: string): ParsedKey {
  const result = ssh2.utils.parseKey(key);
  if (result instanceof Error) throw result;
  return result;
}

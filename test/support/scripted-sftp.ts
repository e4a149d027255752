import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, ServerChannel } from 'ssh2';
import ssh2 from 'ssh2';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import type { Target } from '../../src/domain/target.ts';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { targetOf } from './bag-to-send.ts';
import { ServedFolder } from './served-folder.ts';
import type { Reply, SftpRequest } from './sftp-packets.ts';
import { PacketReader, parseRequest, replyPacket, versionPacket } from './sftp-packets.ts';

/** What the server has that matters here; a test may take away or add. */
export const EXTENSIONS: Readonly<Record<string, string>> = {
  'fsync@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'limits@openssh.com': '1',
};

/** The channel that a request came by. */
export interface Line {
  /** Counts from 1, over the server's life. */
  readonly connection: number;
  /** Sends a reply that nobody's rule returned: a second one, or one to an id that was never asked. */
  reply(id: number, reply: Reply): void;
  /** Resets the connection. */
  drop(): void;
}

/**
 * What happens to a request. `next` does it honestly, in the order of the calls, and gives the reply; what the rule returns is sent when it
 * is there, so rules of several requests may end in any order. Null is silence.
 */
export type Rule = (request: SftpRequest, next: () => Promise<Reply>, line: Line) => Promise<Reply | null>;

export const honest: Rule = (_request, next) => next();
/** Never answers, never ends. */
export const silence = new Promise<null>(() => {});

/** An SFTP server over a folder, in this process, whose every reply a test may bend. Loopback only; one account, one key. */
export interface ScriptedSftp {
  readonly target: Target;
  /** The served folder on this machine; `/` on the server. */
  readonly folder: string;
  /** For what a test stages. */
  readonly home: string;
  rule: Rule;
  extensions: Readonly<Record<string, string>>;
  /** Every request so far, without the bytes of the writes. */
  readonly requests: readonly SftpRequest[];
  /** How many have logged in. */
  readonly logins: number;
  /** How many channels are open. */
  readonly channels: number;
  /** How many logins were refused. */
  readonly refusals: number;
  /** Resets every connection. */
  drop(): void;
  /** Whether it lets anybody in. */
  accepts: boolean;
  /** Whether every connection is reset before its first word, as when nothing is there. */
  isAway: boolean;
  close(): Promise<void>;
}

export async function startScriptedSftp(rule: Rule = honest): Promise<ScriptedSftp> {
  const home = await mkdtemp(join(tmpdir(), 'scripted-'));
  const folder = join(home, 'in');
  await mkdir(folder);
  const [hostPair, pair] = [makeKeyPair(), makeKeyPair()];
  const privateKey = join(home, 'id');
  await writeFile(privateKey, pair.private, { mode: 0o600 });

  const sockets = new Set<Socket>();
  const requests: SftpRequest[] = [];
  const folders = new Set<ServedFolder>();
  let connections = 0;
  let logins = 0;
  let refusals = 0;

  const serve = (channel: ServerChannel, connection: number, socket: Socket) => {
    const served = new ServedFolder(folder);
    folders.add(served);
    const reader = new PacketReader();
    const send = (packet: Buffer) => void (socket.destroyed || channel.destroyed || channel.write(packet));
    const line: Line = { connection, reply: (id, reply) => send(replyPacket(id, reply)), drop: () => socket.resetAndDestroy() };
    channel.on('data', (part: Buffer) => {
      for (const packet of reader.push(part)) {
        const parsed = parseRequest(packet);
        if (!parsed) {
          send(versionPacket(server.extensions));
          continue;
        }
        const request = { ...parsed, data: Buffer.from(parsed.data), path: parsed.path || served.pathOf(parsed.handle) };
        requests.push({ ...request, data: Buffer.alloc(0) });
        server.rule(request, () => served.serve(request), line).then((reply) => reply && line.reply(request.id, reply));
      }
    });
    channel.on('end', () => channel.end());
    channel.on('close', () => served.close().then(() => folders.delete(served)));
    channel.on('error', () => {}); // a client that was cut; `close` follows
  };

  const ssh = new ssh2.Server({ hostKeys: [hostPair.private], ident: 'scripted' }, (connection: Connection) => {
    connections += 1;
    const number = connections;
    const socket = (connection as unknown as { readonly _sock: Socket })._sock;
    // One small reply at a time would wait for a delayed acknowledgement otherwise, some 40 ms for each.
    socket.setNoDelay(true);
    connection.on('error', () => {}); // a client that was cut; `close` follows
    connection.on('authentication', (context) => {
      if (context.method !== 'publickey') return context.reject(['publickey']);
      if (!server.accepts) {
        refusals += 1;
        return context.reject(['publickey']);
      }
      if (context.signature) logins += 1;
      context.accept();
    });
    connection.on('session', (accept) => {
      accept().on('subsystem', (acceptSubsystem) => serve(acceptSubsystem(), number, socket));
    });
  });
  const tcp = createServer((socket) => {
    if (server.isAway) return socket.resetAndDestroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const publicKey = ssh2.utils.parseKey(hostPair.public);
  if (publicKey instanceof Error) throw publicKey;
  const server: ScriptedSftp = {
    target: targetOf({
      port: (tcp.address() as AddressInfo).port,
      username: 'skane',
      path: '/',
      privateKey,
      hostKey: fingerprintOf(publicKey.getPublicSSH()),
    }),
    folder,
    home,
    rule,
    extensions: EXTENSIONS,
    requests,
    get logins() {
      return logins;
    },
    get channels() {
      return folders.size;
    },
    get refusals() {
      return refusals;
    },
    accepts: true,
    isAway: false,
    drop,
    async close() {
      drop();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
      for (const served of folders) await served.close();
      await rm(home, { recursive: true, force: true });
    },
  };
  return server;
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import ssh2 from 'ssh2';
import { serveSftp } from '../../src/demo/sftp-folder.ts';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import type { Target } from '../../src/domain/target.ts';
import { fingerprintOf } from '../../src/transfer/login/host-keys.ts';
import { targetOf } from './bag-to-send.ts';

/** The requests of SFTP version 3 as ssh2 names them, each with its id first. */
export type Request = 'OPEN' | 'WRITE' | 'READ' | 'OPENDIR' | 'MKDIR' | 'RENAME' | 'REMOVE' | 'SETSTAT' | 'LSTAT' | 'CLOSE';

/** Answers a request in the server's stead: a status code, or undefined to let it pass. May change `args` (id, path or handle, …) in place. */
export type Whim = (request: string, args: unknown[]) => number | undefined;

/** A server without any extension, that refuses or spoils what it is told to. */
export interface FussySftp {
  readonly target: Target;
  readonly folder: string;
  /** How many SFTP channels have been opened. */
  channels(): number;
  /** How the server behaves from now on. */
  behave(whim: Whim): void;
  /** Says no to the nth channel of a connection and those after it. */
  allowChannels(count: number): void;
  close(): Promise<void>;
}

export async function startFussySftp(): Promise<FussySftp> {
  const home = await mkdtemp(join(tmpdir(), 'fussy-'));
  const folder = join(home, 'in');
  await mkdir(folder);
  const [host, client] = [makeKeyPair(), makeKeyPair()];
  await writeFile(join(home, 'id'), client.private, { mode: 0o600 });
  let whim: Whim = () => undefined;
  let opened = 0;
  let allowed = Number.POSITIVE_INFINITY;

  const server = new ssh2.Server({ hostKeys: [host.private], ident: 'Fussy_1.0' }, (connection) => {
    let mine = 0;
    connection.on('error', () => {});
    connection.on('authentication', (context) => (context.method === 'publickey' ? context.accept() : context.reject(['publickey'])));
    connection.on('session', (accept, reject) => {
      mine += 1;
      if (mine > allowed) return reject();
      accept().on('sftp', (acceptSftp) => {
        opened += 1;
        serveSftp(
          whimsical(acceptSftp(), (...asked) => whim(...asked)),
          folder,
        );
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const key = ssh2.utils.parseKey(host.private);
  if (key instanceof Error) throw key;
  const hostKey = fingerprintOf(key.getPublicSSH());
  return {
    target: targetOf({ port, username: 'skane', path: '/', privateKey: join(home, 'id'), hostKey }),
    folder,
    channels: () => opened,
    behave: (next) => {
      whim = next;
    },
    allowChannels: (count) => {
      allowed = count;
    },
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(home, { recursive: true });
    },
  };
}

/** Lets `whim` see every request before whoever listens for it. */
function whimsical(sftp: SFTPWrapper, whim: Whim): SFTPWrapper {
  const listen = sftp.on.bind(sftp) as (event: string, listener: (...args: unknown[]) => void) => SFTPWrapper;
  sftp.on = ((event: string, listener: (...args: unknown[]) => void) =>
    listen(event, (...args) => {
      const status = typeof args[0] === 'number' && event === event.toUpperCase() ? whim(event, args) : undefined;
      if (status === undefined) listener(...args);
      else sftp.status(args[0] as number, status);
    })) as typeof sftp.on;
  return sftp;
}

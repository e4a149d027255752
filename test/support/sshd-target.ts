import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../../src/domain/target.ts';
import { targetOf } from './bag-to-send.ts';
import type { Sshd, SshdOptions } from './sshd.ts';
import { startSshd } from './sshd.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** A real OpenSSH server behind a proxy, the target that reaches it through the proxy, and a folder for what is staged. */
export interface SshdTarget {
  readonly sshd: Sshd;
  readonly proxy: TcpProxy;
  readonly target: Target;
  readonly home: string;
  close(): Promise<void>;
}

export async function startSshdTarget(options: SshdOptions = {}): Promise<SshdTarget> {
  const sshd = await startSshd(options);
  const proxy = await startTcpProxy(sshd.port);
  const home = await mkdtemp(join(tmpdir(), 'staged-'));
  const [hostKey] = await sshd.fingerprints();
  return {
    sshd,
    proxy,
    target: targetOf({ port: proxy.port, username: sshd.username, path: sshd.folder, privateKey: sshd.keyFile, hostKey }),
    home,
    close: async () => {
      await proxy.close();
      await sshd.close();
      await rm(home, { recursive: true });
    },
  };
}

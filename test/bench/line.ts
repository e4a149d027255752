import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Target } from '../../src/domain/target.ts';
import { targetOf } from '../support/bag-to-send.ts';
import type { Sshd } from '../support/sshd.ts';
import { startSshd } from '../support/sshd.ts';

/** An OpenSSH server at the far end of a line with a given round trip. */
export interface Line {
  readonly sshd: Sshd;
  /** Where every peer connects: the near end of the line. */
  readonly port: number;
  readonly target: Target;
  close(): Promise<void>;
}

/** How a bench starts a node process of its own that understands TypeScript. */
export const nodeArgs = (script: string): string[] => [
  '--import',
  join(import.meta.dirname, 'typescript.mjs'),
  join(import.meta.dirname, script),
];

/** Starts a server and a proxy before it, each in a process of its own, so that what is measured is the sender's own work. */
export async function openLine(roundTripMs: number): Promise<Line> {
  const sshd = await startSshd();
  const proxy = roundTripMs === 0 ? undefined : await startProxy(sshd.port, roundTripMs / 2);
  const port = proxy?.port ?? sshd.port;
  const [hostKey] = await sshd.fingerprints();
  return {
    sshd,
    port,
    target: targetOf({ port, username: sshd.username, path: sshd.folder, privateKey: sshd.keyFile, hostKey, verify: 'ack' }),
    close: async () => {
      proxy?.child.kill();
      await sshd.close();
    },
  };
}

async function startProxy(upstream: number, oneWayMs: number): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const args = [...nodeArgs('proxy.ts'), String(upstream), String(oneWayMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) return { child, port: Number(line) };
  throw new Error('the proxy did not start');
}

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { demoText } from '../text.ts';
import type { DemoFolder } from './demo-folder.ts';

const SERVERS = fileURLToPath(new URL('./servers.js', import.meta.url));
const LOOK_EVERY_MS = 50;

/** The servers' process, if it lives. */
function connectToServers({ lease }: DemoFolder): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(lease);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/**
 * Makes sure that the demo's servers run, in a process of their own so that closing the wizard stops no delivery.
 * They live at least as long as the returned socket is open. Throws in Swedish, with the servers' own words, when they could not start.
 */
export async function leaseServers(folder: DemoFolder): Promise<Socket> {
  const running = await connectToServers(folder);
  if (running) return running;
  mkdirSync(folder.dir, { recursive: true });
  const log = openSync(folder.log, 'w');
  const child = spawn(process.execPath, [SERVERS, process.cwd()], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
  });
  for (;;) {
    const socket = await connectToServers(folder);
    if (socket) return socket;
    if (hasEnded) throw new Error(demoText.serversEnded(readFileSync(folder.log, 'utf8').trim()));
    await wait(LOOK_EVERY_MS);
  }
}

/** Asks the servers to end, and waits until they have. */
export async function endServers(folder: DemoFolder): Promise<void> {
  const socket = await connectToServers(folder);
  if (!socket) return;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write('end');
  await closed;
}

import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Empty where a process's sockets can be seen; else the reason for the skip, said in the test's title. */
export const SOCKETS_SKIP = existsSync('/proc/self/net/tcp') ? '' : ' (SKIPPED: only Linux shows the sockets of a process)';

const ESTABLISHED = '01';
const LISTENING = '0A';

/** The TCP ports that a process listens on, and those at the other end of its connections. */
export async function tcpSockets(pid: number): Promise<{ readonly listening: readonly number[]; readonly peers: readonly number[] }> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  // A descriptor may be closed while we look.
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const own = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')));
  const sockets = tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => own.has(fields[9] ?? ''));
  const ports = (state: string, address: number) =>
    sockets.flatMap((fields) => (fields[3] === state ? [Number.parseInt(fields[address]?.split(':')[1] ?? '', 16)] : []));
  return { listening: ports(LISTENING, 1), peers: ports(ESTABLISHED, 2) };
}

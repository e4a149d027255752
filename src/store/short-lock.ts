import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { isMissing, makeFolder, openFile } from './shared-files.ts';

/**
 * A lock that is held for milliseconds, around one read-change-write of a shared file.
 *
 * Generations: the holder owns the highest number in the folder, and a new holder links number k+1 only
 * when the holder of k has let go (an empty file) or is dead. The highest number is never removed, so it never falls, and neither
 * an emptied file nor a dead process comes back: there is no instant at which a stale lock is taken away from under a new holder.
 */
interface Holder {
  readonly pid: number;
  /** Kernel's start time of the process, since numbers of processes are used again; '' where there is no /proc. */
  readonly start: string;
  readonly host: string;
}

/** How long to wait for one holder that lives, in ms: thousands of times what a change takes. */
const PATIENCE = 10_000;

/**
 * Runs `work` alone among all processes that name the same folder. A holder that was killed is passed over at once.
 * Throws `state_busy` when a living process does not let go within `patience` ms; however many others come first.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>, patience = PATIENCE): Promise<T> {
  await makeFolder(folder);
  const own = join(folder, String(await take(folder, patience)));
  try {
    return await work();
  } finally {
    await truncate(own);
  }
}

async function take(folder: string, patience: number): Promise<number> {
  const ticket = join(folder, `t.${randomBytes(8).toString('hex')}`);
  let met = 0;
  let deadline = 0;
  try {
    await writeTicket(ticket);
    for (;;) {
      const generations = await list(folder);
      const top = Math.max(0, ...generations);
      // A lock that goes from hand to hand stands still in nobody's.
      if (top !== met) [met, deadline] = [top, performance.now() + patience];
      const holder = top > 0 ? await holderOf(join(folder, String(top))) : undefined;
      if (holder && (await isAlive(holder))) {
        if (performance.now() > deadline) throw new OperatorError('state_busy', { path: folder, pid: holder.pid, host: holder.host });
        await delay(2 + Math.random() * 10);
      } else if (await claim(folder, ticket, top + 1)) {
        await Promise.all(generations.map((old) => rm(join(folder, String(old)), { force: true })));
        return top + 1;
      }
    }
  } catch (error) {
    throw localError(error, folder);
  } finally {
    await rm(ticket, { force: true });
  }
}

async function writeTicket(path: string): Promise<void> {
  const start = (await statOf('self'))?.start ?? '';
  const handle = await openFile(path, 'wx');
  try {
    await handle.writeFile(JSON.stringify({ pid: process.pid, start, host: hostname() } satisfies Holder));
  } finally {
    await handle.close();
  }
}

/** Links the generation; it holds only if it is the highest, for a slow starter may link a number that was used and removed. */
async function claim(folder: string, ticket: string, generation: number): Promise<boolean> {
  const path = join(folder, String(generation));
  try {
    await link(ticket, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  if (Math.max(...(await list(folder))) === generation) return true;
  await rm(path, { force: true });
  return false;
}

const list = async (folder: string): Promise<number[]> => (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);

/** Who holds a generation; `undefined` when it was let go, or removed because a higher one exists. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text === '' ? undefined : (JSON.parse(text) as Holder);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A process of another host cannot be asked, and counts as alive. */
async function isAlive({ pid, start, host }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but a colleague's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const seen = await statOf(pid);
  return !seen || (seen.start === start && !'ZX'.includes(seen.state));
}

async function statOf(pid: number | 'self'): Promise<{ readonly state: string; readonly start: string } | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in parentheses and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

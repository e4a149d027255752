import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A held lock: its server answers whoever looks, until `release` or death. */
export interface RegionLock {
  readonly server: Server;
  release(): Promise<void>;
}

const GENERATION = /^w\.(\d+)\.sock$/;

/** The highest generation that ever held the lock; 0 when none did. */
function highest(dir: string): number {
  const generations = readdirSync(dir).flatMap((name) => GENERATION.exec(name)?.[1] ?? []);
  return Math.max(0, ...generations.map(Number));
}

const socketName = (dir: string, generation: number): string => join(dir, `w.${generation}.sock`);

type Answer = 'alive' | 'dead' | 'gone';

/** Whether somebody answers at the socket. Anything but a clear "nobody" is thrown, EACCES first of all: it must never read as dead. */
function ask(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('alive');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve('dead');
      else if (error.code === 'EAGAIN') resolve('alive');
      else if (error.code === 'ENOENT' || error.code === 'ECONNRESET') resolve('gone');
      else reject(error);
    });
  });
}

/**
 * Takes the lock in `dir`, or returns `undefined` when a living process holds it.
 *
 * A socket file outlives kill -9, and removing a dead one lets two holders in. So nothing is removed: the holder of generation k+1 links its
 * listening socket only after generation k was found dead, the highest number never falls, and a dead socket never revives.
 * `onConnection` serves the followers from the first instant.
 */
export async function takeRegionLock(dir: string, onConnection: (socket: Socket) => void): Promise<RegionLock | undefined> {
  // No longer than a generation's name: the settings have checked that this much fits in a socket's path.
  const own = join(dir, `t.${randomBytes(4).toString('hex')}`);
  const server = createServer(onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(own, resolve);
  });
  const release = () => new Promise<void>((resolve) => server.close(() => resolve()));
  try {
    for (;;) {
      const last = highest(dir);
      if (last > 0) {
        const answer = await ask(socketName(dir, last));
        if (answer === 'gone') continue;
        if (answer === 'alive') {
          await release();
          return undefined;
        }
      }
      const mine = socketName(dir, last + 1);
      try {
        linkSync(own, mine);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      if (highest(dir) !== last + 1) {
        unlinkSync(mine);
        continue;
      }
      unlinkSync(own);
      return { server, release };
    }
  } catch (error) {
    await release();
    throw error;
  }
}

/** Connects to whoever holds the lock in `dir`, or returns `undefined` when nobody does; EAGAIN when a holder lets nobody in any more. */
export async function connectToHolder(dir: string): Promise<Socket | undefined> {
  for (;;) {
    let last: number;
    try {
      last = highest(dir);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (last === 0) return undefined;
    const socket = connect(socketName(dir, last));
    const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', resolve);
    });
    if (!failure) return socket;
    if (failure.code === 'ECONNREFUSED') return undefined;
    if (failure.code !== 'ENOENT' && failure.code !== 'ECONNRESET') throw failure;
  }
}

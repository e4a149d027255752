import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StagedFile } from '../../src/domain/package.ts';
import { BAG, MemoryJournal, MiB, send } from '../support/bag-to-send.ts';
import type { Line } from './line.ts';
import { openLine } from './line.ts';
import type { Comparison } from './measure.ts';
import { seconds } from './measure.ts';
import { PEERS } from './peers.ts';

export interface BenchOptions {
  readonly pairs: number;
  /** Of the one large file, in bytes. */
  readonly size: number;
  /** How many small ones. */
  readonly files: number;
  readonly roundTrips: readonly number[];
  readonly peers: readonly string[];
}

/** What is sent, staged on this machine. */
export interface Load {
  readonly dir: string;
  readonly files: readonly StagedFile[];
}

const TAG_MANIFEST = 'tagmanifest-sha256.txt';
const P2_LIMIT: Readonly<Record<number, number>> = { 0: 0.55, 20: 0.35, 50: 0.3 };
const P3_LIMIT: Readonly<Record<string, number>> = { sftp: 0.03, lftp: 0.15 };

/**
 * P2: one large file, acknowledged, fsynced and closed, on lines of several lengths. What comes after that, the server's hash of it and the
 * publishing, has no counterpart in what the peers do.
 */
export async function largeFile({ pairs, size, roundTrips, peers }: BenchOptions): Promise<Comparison[]> {
  return withLoad([{ path: 'stor.csv', bytes: size }], async (load) => {
    const found: Comparison[] = [];
    for (const roundTrip of roundTrips) {
      const work = `one file of ${size / MiB} MiB, ${roundTrip} ms`;
      found.push(
        ...(await compare({ goal: 'P2', work, load, roundTrip, pairs, peers, limits: { sftp: P2_LIMIT[roundTrip] }, ours: untilSent })),
      );
    }
    return found;
  });
}

/** P3: many files of 20 kB at 20 ms. */
export async function smallFiles({ pairs, files, peers }: BenchOptions): Promise<Comparison[]> {
  const load = Array.from({ length: files }, (_, i) => ({ path: `bilaga-${i}.pdf`, bytes: 20_000 }));
  const work = `${files} files of 20 kB, 20 ms`;
  return withLoad(load, (staged) =>
    compare({ goal: 'P3', work, load: staged, roundTrip: 20, pairs, peers, limits: P3_LIMIT, ours: untilPublished }),
  );
}

interface Contest {
  readonly goal: string;
  readonly work: string;
  readonly load: Load;
  readonly roundTrip: number;
  readonly pairs: number;
  readonly peers: readonly string[];
  readonly limits: Readonly<Record<string, number | undefined>>;
  /** Sends the load by our own means; how long that took, in s. */
  readonly ours: (line: Line, load: Load) => Promise<number>;
}

/** Ours, theirs, ours, theirs, …: every result is hashed, and a wrong one ends the bench. */
async function compare({ goal, work, load, roundTrip, pairs, peers, limits, ours: sendOurs }: Contest): Promise<Comparison[]> {
  const line = await openLine(roundTrip);
  const found: Comparison[] = [];
  try {
    for (const peer of PEERS.filter(({ name }) => peers.includes(name))) {
      if (!peer.version) {
        console.error(`SKIPPED: ${peer.name} is not installed on this machine`);
        continue;
      }
      const [ours, theirs]: [number[], number[]] = [[], []];
      const isFolder = load.files.length > 2;
      const from = isFolder ? load.dir : join(load.dir, load.files[0]?.path ?? '');
      for (let pair = 0; pair < pairs; pair++) {
        settleDisk();
        ours.push(await sendOurs(line, load));
        await verifyArrived(line, load, BAG);
        settleDisk();
        theirs.push(await seconds(() => peer.put(line, from, 'peer', isFolder)));
        await verifyArrived(line, load, 'peer');
        console.error(`${work}: ${ours.at(-1)?.toFixed(2)} s, ${peer.name} ${theirs.at(-1)?.toFixed(2)} s`);
      }
      found.push({ goal, work, peer: peer.name, ours, theirs, limit: limits[peer.name] });
    }
  } finally {
    await line.close();
  }
  return found;
}

/** Nobody pays for what another one has left to be written. */
const settleDisk = () => execFileSync('sync');

const untilPublished = ({ target }: Line, load: Load): Promise<number> =>
  seconds(() => send({ target, journal: new MemoryJournal(), bag: load }));

/** Sends as the product does unless it is told otherwise, and stops the clock when the last file is there. */
async function untilSent({ target }: Line, load: Load): Promise<number> {
  const begun = performance.now();
  let sent = 0;
  await send(
    { target: { ...target, verify: 'auto' }, journal: new MemoryJournal(), bag: load },
    {
      onEvent: (event) => {
        if (event.type === 'file' && event.stage === 'upload') sent = performance.now();
      },
    },
  );
  return (sent - begun) / 1000;
}

/** Stages files of noise, hands them over, and takes them away. */
export async function withLoad<T>(files: readonly { path: string; bytes: number }[], work: (load: Load) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const dir = join(home, 'load');
  await mkdir(dir);
  try {
    const staged: StagedFile[] = [];
    for (const { path, bytes } of files) staged.push({ path, bytes, sha256: await writeNoise(join(dir, path), bytes) });
    // A bag ends with its tag manifest, which publishing reads back; a peer that sends one file does without.
    const content = Buffer.from(staged.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
    await writeFile(join(dir, TAG_MANIFEST), content);
    staged.push({ path: TAG_MANIFEST, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    return await work({ dir, files: staged });
  } finally {
    await rm(home, { recursive: true });
  }
}

async function writeNoise(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let at = 0; at < bytes; at += 8 * MiB) {
    const part = randomFillSync(Buffer.allocUnsafe(Math.min(8 * MiB, bytes - at)));
    hash.update(part);
    await file.write(part);
  }
  await file.close();
  return hash.digest('hex');
}

/** Throws when what stands under the name on the server is not what was staged; then takes it away. */
export async function verifyArrived({ sshd }: Line, { files }: Load, name: string): Promise<void> {
  const there = join(sshd.folder, name);
  const isFolder = (await stat(there)).isDirectory();
  if (isFolder && (await readdir(there)).length !== files.length) throw new Error(`${name}: not the same number of files`);
  for (const { path, sha256 } of isFolder ? files : files.slice(0, 1)) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(isFolder ? join(there, path) : there)) hash.update(part);
    if (hash.digest('hex') !== sha256) throw new Error(`${name}: ${path} is not what was sent`);
  }
  await rm(there, { recursive: true });
}

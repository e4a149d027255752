import { createCipheriv, createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GrowingList } from '../../src/domain/growing-list.ts';
import type { StagedFile } from '../../src/domain/package.ts';
import type { Target } from '../../src/domain/target.ts';
import { sendBag } from '../../src/transfer/send-bag.ts';
import type { SendOptions } from '../../src/transfer/sending.ts';
import type { SendRequest, SendResult, TransferEvent, TransferJournal, TransferRecord } from '../../src/transfer/transfer.ts';

export const MiB = 1024 * 1024;
export const BAG = 'SMINET2_12_skane_2026-02-02-1';

/** Repeatable noise: the same seed gives the same bytes, and no two files look alike. */
export const noise = (bytes: number, seed: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.from(String(seed).padStart(16)), Buffer.alloc(16)).update(Buffer.alloc(bytes));

export interface StagedBag {
  readonly dir: string;
  readonly files: readonly StagedFile[];
}

const TAG_MANIFEST = 'tagmanifest-sha256.txt';

/** The tag manifest of another bag is another one. */
const seedOf = (files: readonly StagedFile[]): number => Number.parseInt(sha256(Buffer.from(JSON.stringify(files))).slice(0, 6), 16);

/** Writes files (path → size in bytes) as a bag would be staged; the last is the tag manifest. */
export async function stageBag(dir: string, sizes: Readonly<Record<string, number>>): Promise<StagedBag> {
  const files: StagedFile[] = [];
  for (const [index, [path, bytes]] of Object.entries({ ...sizes, [TAG_MANIFEST]: 200 }).entries()) {
    const content = bytes < 4 ? Buffer.alloc(bytes, 120) : noise(bytes, path === TAG_MANIFEST ? seedOf(files) : index + 1);
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
    files.push({ path, bytes, sha256: sha256(content) });
  }
  return { dir, files };
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A journal in memory, as a process keeps it; `lines` is what a next process would read. */
export class MemoryJournal implements TransferJournal {
  readonly lines: TransferRecord[];

  constructor(lines: readonly TransferRecord[] = []) {
    this.lines = [...lines];
  }

  get records(): readonly TransferRecord[] {
    return [...this.lines];
  }

  async append(record: TransferRecord): Promise<void> {
    this.lines.push(record);
  }
}

export const targetOf = (target: Partial<Target> & Pick<Target, 'port' | 'username' | 'path' | 'privateKey'>): Target => ({
  host: '127.0.0.1',
  verify: 'auto',
  modes: {},
  dialect: { delimiter: ';', encoding: 'utf-8', bom: false, lineTerminator: '\n', nullToken: '' },
  ...target,
});

export interface Sent {
  readonly result: SendResult;
  readonly events: readonly TransferEvent[];
}

/** Runs `sendBag` to its end; `onEvent` may act on what happens. Defaults: no waiting, nothing pinned but the target's own key. */
export async function send(
  request: Pick<SendRequest, 'target' | 'journal'> & { readonly bag: StagedBag } & Partial<Omit<SendRequest, 'bag'>>,
  options: SendOptions & { readonly onEvent?: (event: TransferEvent) => void } = {},
): Promise<Sent> {
  const { bag, ...rest } = request;
  const sending = sendBag(
    {
      pinnedHostKeys: [],
      dir: bag.dir,
      files: GrowingList.of(bag.files),
      expectedBytes: 0,
      verifyBinding: async () => {},
      maxOfflineMs: 0,
      waitForSpace: false,
      signal: new AbortController().signal,
      ...rest,
      bag: BAG,
    },
    options,
  );
  const events: TransferEvent[] = [];
  for (;;) {
    const next = await sending.next();
    if (next.done) return { result: next.value, events };
    events.push(next.value);
    options.onEvent?.(next.value);
  }
}

/** Every file below a folder: path → SHA-256. */
export async function hashesBelow(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = await Promise.all(files.map(async (file) => [file.slice(dir.length + 1), sha256(await readFile(file))] as const));
  return Object.fromEntries(hashed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a staged bag must look like when it has arrived. */
export const expectedHashes = ({ files }: StagedBag): Record<string, string> =>
  Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256] as const).sort(([a], [b]) => (a < b ? -1 : 1)));

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../domain/local-error.ts';
import { ATTACHMENT_FOLDER } from './attachment-table.ts';
import { type BagReport, Problems, type Report } from './bag-report.ts';
import { type CountedRecords, RecordCounter } from './count-records.ts';
import { listFiles, readUnlessGone, unlessGone } from './list-files.ts';
import { type DescribedTable, readDatapackage } from './read-datapackage.ts';
import { isTagManifest, type Listings, readListings } from './read-listings.ts';

export interface ValidateOptions {
  /** Bytes read since the last call. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads a whole bag back: BagIt 1.0 for any bag, and for what this program wrote also that every file is listed, that listings are as
 * written, and that `datapackage.json` agrees with the tables. Everything that is wrong is in the report, also what vanishes meanwhile; a
 * folder without `bagit.txt` is no bag, and is not read. Throws `permission_local` when the folder or its listings can't be read, and
 * `AbortError` when aborted.
 */
export async function validateBag(dir: string, options: ValidateOptions = {}): Promise<BagReport> {
  const attachmentNumbers = new Map<string, number>();
  const problems = new Problems((path) => shownPath(path, attachmentNumbers));
  const { report } = problems;
  if (!(await readable(dir, () => unlessGone(lstat(join(dir, 'bagit.txt')))))) {
    report('bagit_missing', 'bagit.txt');
    return { ...NOTHING_READ, problems: problems.list };
  }
  const found = await readable(dir, () => listFiles(dir));
  for (const { path, isFile } of found) if (!isFile) report('not_a_file', path);
  if (!(await isFolder(join(dir, 'data')))) report('data_missing', 'data');
  const files = new Set(found.filter(({ isFile }) => isFile).map(({ path }) => path));

  const listings = await readable(dir, () => readListings(dir, files, report));
  for (const path of listings.payload.keys()) {
    if (path.startsWith(`${ATTACHMENT_FOLDER}/`)) attachmentNumbers.set(path, attachmentNumbers.size + 1);
  }
  reportMissingAndSurplus(listings, files, report);
  const described = await readable(dir, () => describedTables(dir, files, listings, report));

  const payload = { files: 0, bytes: 0 };
  let bytes = 0;
  let rows = 0;
  for (const path of files) {
    const promised = listings.payload.get(path) ?? listings.tags.get(path) ?? new Map<string, string>();
    const table = described?.get(path);
    const scanned = await scanFile(join(dir, path), [...promised.keys()], table, options).catch((error: unknown) => {
      if (options.signal?.aborted || !(error as NodeJS.ErrnoException).syscall) throw error;
      report('file_unreadable', path);
    });
    if (!scanned) continue;
    bytes += scanned.bytes;
    if (path.startsWith('data/')) {
      payload.files += 1;
      payload.bytes += scanned.bytes;
    }
    if ([...promised].some(([algorithm, hash]) => scanned.hashes.get(algorithm) !== hash)) report('checksum_mismatch', path);
    if (table) reportTable(table, scanned, report);
    rows += scanned.counted?.records ?? 0;
  }
  const { oxum } = listings;
  if (oxum && (oxum.bytes !== payload.bytes || oxum.files !== payload.files)) report('oxum_mismatch', 'bag-info.txt');
  if (!oxum && listings.isOurs) report('oxum_missing', 'bag-info.txt');
  return {
    valid: problems.list.length === 0,
    complete: problems.areComplete,
    problems: problems.list,
    files: files.size,
    bytes,
    rows,
    payload,
    hasDatapackage: described !== undefined,
  };
}

/** What is said of a folder that is no bag. */
const NOTHING_READ = { valid: false, complete: false, files: 0, bytes: 0, rows: 0, payload: { files: 0, bytes: 0 }, hasDatapackage: false };

async function readable<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw localError(error, dir);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function reportMissingAndSurplus({ payload, tags, isOurs }: Listings, files: ReadonlySet<string>, report: Report): void {
  for (const path of [...payload.keys(), ...tags.keys()]) if (!files.has(path)) report('file_missing', path);
  for (const path of files) {
    const isListed = path.startsWith('data/') ? payload.has(path) : !isOurs || tags.has(path) || isTagManifest(path);
    if (!isListed) report('file_surplus', path);
  }
}

async function describedTables(
  dir: string,
  files: ReadonlySet<string>,
  { payload, isOurs }: Listings,
  report: Report,
): Promise<Map<string, DescribedTable> | undefined> {
  const content = files.has('datapackage.json') ? await readUnlessGone(join(dir, 'datapackage.json')) : undefined;
  if (!content) {
    if (isOurs) report('datapackage_missing', 'datapackage.json');
    return undefined;
  }
  const tables = readDatapackage(content.toString('utf8'));
  if (!tables) report('datapackage_invalid', 'datapackage.json');
  const described = new Map((tables ?? []).map((table) => [table.path, table]));
  for (const path of described.keys()) if (!files.has(path)) report('datapackage_file_missing', path);
  if (isOurs) {
    for (const path of payload.keys()) if (/^data\/[^/]+$/.test(path) && !described.has(path)) report('datapackage_undescribed', path);
  }
  return described;
}

interface Scanned {
  readonly bytes: number;
  readonly hashes: ReadonlyMap<string, string>;
  readonly counted: CountedRecords | undefined;
}

/** One pass over a file: every hash that somebody promised, and the records of a described table. */
async function scanFile(
  file: string,
  algorithms: readonly string[],
  table: DescribedTable | undefined,
  options: ValidateOptions,
): Promise<Scanned> {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  const counter = table?.dialect && new RecordCounter(table.dialect);
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal: options.signal }) as AsyncIterable<Buffer>) {
    for (const { hash } of hashes) hash.update(chunk);
    counter?.add(chunk);
    bytes += chunk.length;
    options.onBytes?.(chunk.length);
  }
  return { bytes, hashes: new Map(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest('hex')])), counted: counter?.counted() };
}

function reportTable(table: DescribedTable, { bytes, hashes, counted }: Scanned, report: Report): void {
  if (table.bytes !== undefined && table.bytes !== bytes) report('datapackage_bytes', table.path);
  const [algorithm = '', hash] = table.hash?.split(':') ?? [];
  if (hash !== undefined && hashes.has(algorithm) && hashes.get(algorithm) !== hash.toLowerCase()) report('datapackage_hash', table.path);
  if (!counted) return;
  if (!counted.isWhole || (table.rows !== undefined && table.rows !== counted.records)) report('datapackage_rows', table.path);
  if (table.header && JSON.stringify(table.header) !== JSON.stringify(counted.header)) report('datapackage_header', table.path);
}

/** A path as it may be shown: an attachment by its number only (D13), and no control character that a terminal would act on. */
function shownPath(path: string, attachmentNumbers: ReadonlyMap<string, number>): string {
  if (path.startsWith(`${ATTACHMENT_FOLDER}/`)) return `omrade2_bilagor/#${attachmentNumbers.get(path) ?? '?'}`;
  return path.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd');
}

import { createHash } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ANSWERS, REPORT_TAKEN } from '../domain/decision.ts';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { RegionRecord } from '../domain/region-record.ts';
import { Conf } from './conf-alone.ts';
import { FILE_MODE } from './shared-files.ts';

const area = z.literal([1, 2, 3, 4, 5, 6, 7]);
const text = z.string();

const decision = z.strictObject({
  area,
  answer: z.enum(ANSWERS),
  date: z.iso.date(),
  decidedBy: text,
  dnr: text.optional(),
  received: z.iso.date().optional(),
  newEnd: z.iso.date().optional(),
  cards: z.strictObject({ choice: z.enum(['levereras', 'gallras']), reportTaken: z.enum(REPORT_TAKEN) }).optional(),
  plan: text.optional(),
  letterSha256: text.optional(),
  comment: text.optional(),
  registeredBy: text,
  registeredAt: text,
});

const kvittens = z.strictObject({
  delivery: text,
  receivedOn: z.iso.date(),
  receivedBy: text,
  dnr: text.optional(),
  fileSha256: text.optional(),
  deviation: text.optional(),
  manifestSha256: text.optional(),
  registeredBy: text,
  registeredAt: text,
});

const schema: z.ZodType<RegionRecord> = z.strictObject({
  version: z.literal(1),
  region: text,
  revision: z.int().min(1),
  decisions: z.array(decision),
  deliveries: z.array(text),
  receipts: z.array(kvittens),
  holds: z.array(z.strictObject({ area, reason: text, registeredBy: text, registeredAt: text })),
});

/** The file's exact text: the schema orders the keys, so that equal records have equal text. Throws when the record is not a record. */
const serialize = (record: unknown): string => `${JSON.stringify(schema.parse(record), null, 2)}\n`;

/** The sha256 of the record as its file holds it. */
export const recordSha256 = (record: RegionRecord): string => createHash('sha256').update(serialize(record)).digest('hex');

const fileOf = (folder: string, name: string): string => join(folder, `${name}.json`);

/** A record of the folder, or `undefined` when there is no file. Throws `state_corrupt` when it is not a record of that region. */
export function readRecord(folder: string, code: string, name = code): RegionRecord | undefined {
  const path = fileOf(folder, name);
  try {
    // conf reads a missing file as {} and makes the folder for it; only a file that is there is given to it.
    if (!statSync(path, { throwIfNoEntry: false })) return undefined;
    const { store } = open(folder, name);
    // A prepared record may be put in place between the look and the reading.
    if (store.region === undefined) return undefined;
    if (store.region === code) return { ...store };
  } catch (error) {
    const problem = localError(error, path);
    // The cause would quote what the file holds.
    throw problem === error ? new OperatorError('state_corrupt', { problem: 'unreadable', path }) : problem;
  }
  throw new OperatorError('state_corrupt', { problem: 'unreadable', path });
}

/** Writes a whole record beside the region's own, fsynced and 0660; `publishRecord` puts it in place. */
export function prepareRecord(folder: string, record: RegionRecord): void {
  const path = fileOf(folder, nextOf(record.region));
  discardRecord(folder, record.region);
  try {
    open(folder, nextOf(record.region)).store = record;
  } catch (error) {
    throw localError(error, path);
  }
}

/** The prepared record of a region, or `undefined`. */
export const preparedRecord = (folder: string, code: string): RegionRecord | undefined => readRecord(folder, code, nextOf(code));

/** Puts the prepared record in place, in one step. */
export function publishRecord(folder: string, code: string): void {
  const path = fileOf(folder, code);
  try {
    renameSync(fileOf(folder, nextOf(code)), path);
  } catch (error) {
    throw localError(error, path);
  }
}

/** Removes a prepared record that was never registered. */
export function discardRecord(folder: string, code: string): void {
  const path = fileOf(folder, nextOf(code));
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw localError(error, path);
  }
}

const nextOf = (code: string): string => `${code}.next`;

const open = (folder: string, name: string) =>
  new Conf<RegionRecord>({
    cwd: folder,
    configName: name,
    configFileMode: FILE_MODE,
    accessPropertiesByDotNotation: false,
    serialize,
    deserialize: (content) => schema.parse(JSON.parse(content)),
  });

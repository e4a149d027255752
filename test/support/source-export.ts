import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import { AREAS } from '../../src/domain/areas.ts';
import type { Dialect } from '../../src/domain/dialect.ts';
import type { TableShape } from '../../src/domain/package.ts';
import type { Snapshot, WrittenAttachment, WrittenTable } from '../../src/source/source.ts';

/** Every view that becomes a table straight from the database, in the package's order. */
export const TABLE_VIEWS = AREAS.flatMap(({ files }) => files)
  .filter(({ attachments }) => !attachments)
  .map(({ view }) => view);
export const ALL_AREAS = AREAS.map(({ id }) => id);

export type Value = string | null;

export interface ExportedRegion {
  readonly tables: ReadonlyMap<string, { readonly shape: TableShape; readonly written: WrittenTable; readonly file: string }>;
  readonly attachments: readonly (WrittenAttachment & { readonly file: string })[];
}

/** Writes all tables and attachments of a region from one snapshot into `dir`. */
export async function exportRegion(snapshot: Snapshot, region: string, dir: string, dialect: Dialect): Promise<ExportedRegion> {
  const tables = new Map<string, { shape: TableShape; written: WrittenTable; file: string }>();
  for (const view of TABLE_VIEWS) {
    const shape = await snapshot.shape(view, region);
    const file = join(dir, `${region}-${view}.csv`);
    tables.set(view, { shape, file, written: await snapshot.writeTable(shape, region, file, headerBytes(shape, dialect), { dialect }) });
  }
  const attachments: (WrittenAttachment & { file: string })[] = [];
  for await (const written of snapshot.writeAttachments(region, dir, ({ nr }) => `${region}-bilaga-${nr}`, {}))
    attachments.push({ ...written, file: join(dir, written.path) });
  return { tables, attachments };
}

/** An independent reader's view of a file: the header and its records, NULL apart from the empty string. */
export async function readCsv(file: string, dialect: Dialect): Promise<{ header: string[]; records: Value[][] }> {
  const [header = [], ...records] = parse(await readFile(file), {
    delimiter: dialect.delimiter,
    encoding: dialect.encoding === 'utf-8' ? 'utf8' : 'latin1',
    record_delimiter: dialect.lineTerminator,
    bom: dialect.bom,
    cast: (value, { quoting }) => (quoting || value !== dialect.nullToken ? value : null),
  }) as unknown as Value[][];
  return { header: header.map(String), records };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A connection that gives rows as the server writes them, as text, in the session settings of the export: the tests' oracle. */
export async function openRows(url: string): Promise<{ rows(sql: string): Promise<Value[][]>; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (value: string) => value } });
  await client.connect();
  await client.query(
    "SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'Europe/Stockholm'; SET extra_float_digits = 1",
  );
  return {
    rows: async (sql) => (await client.query<Value[]>({ text: sql, rowMode: 'array' })).rows,
    close: () => client.end(),
  };
}

/** The same by a connection of its own. */
export async function rawRows(url: string, sql: string): Promise<Value[][]> {
  const oracle = await openRows(url);
  try {
    return await oracle.rows(sql);
  } finally {
    await oracle.close();
  }
}

/** A statement that changes the test database, whatever the session before it made the default. */
export async function change(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`BEGIN READ WRITE; ${sql}; COMMIT`);
  } finally {
    await client.end();
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { REGIONS } from '../../domain/regions.ts';

export interface SyntheticOptions {
  readonly seed: number;
  /** 1 is about 150 MB of CSV for the country and 20 MB for Region Skåne; linear. */
  readonly scale: number;
  /** Where attachments that live outside the database are written; without it there are none. */
  readonly bilagorDir?: string;
  /** Plants one attachment of more than 1 GiB in `bilagorDir`. */
  readonly large?: boolean;
}

const FIXTURES = new URL('../../../fixtures/sminet2/', import.meta.url);
const SCHEMAS = ['core', 'orgark', 'epiark', 'lan', 'logg', 'leverans', 'leverans_meta'];
const LARGE_BYTES = 2 ** 30 + 2 ** 20;

/**
 * Loads the SYNTETISK Sminet 2 (tables, contract views, rows) into an empty database, in one transaction: all of it or nothing.
 * The same seed and scale give the same rows on every server. Throws when one of its schemas is there already.
 */
export async function loadSynthetic(url: string, options: SyntheticOptions): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'sminet-leverans fixture' });
  await client.connect();
  try {
    await client.query('BEGIN READ WRITE');
    await refuseUnlessEmpty(client);
    await client.query("SET LOCAL client_min_messages = warning; SET LOCAL timezone = 'Europe/Stockholm'");
    await client.query(
      `SELECT set_config('syntetisk.fro', '${Math.trunc(options.seed)}', true), set_config('syntetisk.skala', '${Number(options.scale)}', true)`,
    );
    await client.query(await sql('01_schema.sql'));
    await client.query(authorities());
    for (const file of ['04_data.sql', '05_fallor.sql', '02_leverans.sql']) await client.query(await sql(file));
    if (options.bilagorDir) await plantFiles(client, options.bilagorDir, options.large ?? false);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

const sql = (file: string): Promise<string> => readFile(new URL(file, FIXTURES), 'utf8');

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ nspname: string }>(
    `SELECT nspname FROM pg_namespace WHERE nspname IN (${SCHEMAS.map((name) => client.escapeLiteral(name)).join(', ')}) ORDER BY 1`,
  );
  if (rows.length > 0) throw new Error(`the database is not empty: it has schema ${rows.map(({ nspname }) => nspname).join(', ')}`);
}

/** The 21 regions and Fohm, and the populations that weight the rows. */
function authorities(): string {
  const text = (value: string) => pg.escapeLiteral(value);
  const regions = REGIONS.map((r) => `(${text(r.code)}, ${text(r.letter)}, ${text(r.name)}, 'SME')`);
  const populations = REGIONS.map((r) => `(${text(r.code)}, ${r.population})`);
  return `
    INSERT INTO core.myndighet VALUES ('00', NULL, 'Folkhälsomyndigheten', 'Fohm'), ${regions.join(', ')};
    CREATE TEMP TABLE befolkning ON COMMIT PRESERVE ROWS AS SELECT * FROM (VALUES ${populations.join(', ')}) AS b (kod, antal);`;
}

/** Attachments that the database only has a path to, on the same note as the hazardous names. */
async function plantFiles(client: pg.Client, dir: string, large: boolean): Promise<void> {
  const plant = async (id: number, note: number, path: string, name: string, bytes: number, sha256: string | null) =>
    client.query(
      `INSERT INTO lan.bilaga VALUES (${id}, ${note}, ${client.escapeLiteral(name)}, 'application/octet-stream', ${bytes}, NULL,
       ${client.escapeLiteral(path)}, ${sha256 ? client.escapeLiteral(sha256) : 'NULL'})`,
    );

  await mkdir(join(dir, '2012'), { recursive: true });
  const image = Buffer.alloc(300_000, 'SYNTETISK röntgenbild\n');
  await writeFile(join(dir, '2012', 'bild-1.dcm'), image);
  await plant(
    3_950_001,
    2_900_002,
    '2012/bild-1.dcm',
    'Röntgen höger lunga.dcm',
    image.length,
    createHash('sha256').update(image).digest('hex'),
  );
  await writeFile(join(dir, '2012', 'bild-2.dcm'), image.subarray(7));
  await plant(3_950_002, 2_900_004, '2012/bild-2.dcm', 'Röntgen.dcm', image.length - 7, null);

  if (!large) return;
  const path = join(dir, 'stor.bin');
  const file = await open(path, 'w');
  try {
    await file.write('SYNTETISK fil över 1 GiB\n');
    // One last byte: what is between takes no room on the disk.
    await file.write(Buffer.alloc(1), 0, 1, LARGE_BYTES - 1);
  } finally {
    await file.close();
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  await plant(3_950_003, 2_900_002, 'stor.bin', 'Helgenom rådata.bin', LARGE_BYTES, hash.digest('hex'));
}

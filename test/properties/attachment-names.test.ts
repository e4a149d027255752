import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ATTACHMENT_FOLDER, attachmentRow, attachmentTable } from '../../src/bag/attachment-table.ts';
import { attachmentNames } from '../../src/bag/file-names.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { writeCsv } from '../support/csv-table.ts';
import { readCsv, sha256 } from '../support/source-export.ts';

const numRuns = Number(process.env.FC_RUNS ?? 100);

let dir: string;
let bags = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sminet-names-'));
});
afterAll(() => rm(dir, { recursive: true }));

const name = fc
  .oneof(
    fc.constantFrom(
      '',
      '.',
      '..',
      '../x',
      '../../etc/passwd',
      '/etc/passwd',
      '..\\x',
      'CON.txt',
      'a.pdf',
      'A.PDF',
      'a.pdf.',
      'å.pdf',
      'a\u030a.pdf',
      '~',
      '-rf',
      '%2e%2e',
    ),
    fc.constantFrom('x', 'x (2)', 'x (2) (2)', 'x.y', 'x (2).y'),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom('å', '😀', '/', '.', '\n', '"', ';', '\r', ' '), minLength: 0, maxLength: 300 }),
  )
  // What PostgreSQL cannot hold cannot come.
  .map((text) => text.replaceAll('\0', ''));

test(
  'R27 R28 R29 T17 T19 any names: every file is in the folder, none is another’s, and the table leads from the registered name to the content',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { maxLength: 12 }), async (registered) => {
        bags += 1;
        const bag = join(dir, String(bags));
        const folder = join(bag, ATTACHMENT_FOLDER);
        await mkdir(folder, { recursive: true });
        const nameOf = attachmentNames();
        const rows = registered.map(([diarienummer, filnamn], at) => ({
          nr: at + 1,
          bilagaId: `b${at}`,
          anteckningId: null,
          diarienummer,
          filnamn,
        }));
        const written = rows.map((row) => {
          const { nr, diarienummer, filnamn } = row;
          const content = Buffer.from(`innehåll ${nr}`);
          return {
            row,
            path: `${ATTACHMENT_FOLDER}/${nameOf(diarienummer, filnamn)}`,
            bytes: content.length,
            sha256: sha256(content),
            content,
          };
        });
        for (const { path, content } of written) {
          expect(relative(folder, resolve(bag, path))).toMatch(/^(?!\.\.$)[^/]+$/);
          // Fails when the file is there already: a name that was given twice.
          await writeFile(join(bag, path), content, { flag: 'wx' });
        }
        expect(await readdir(folder)).toHaveLength(rows.length);
        const table = join(bag, 'data', 'omrade2_bilagor.csv');
        await writeCsv(
          table,
          attachmentTable,
          written.map((each) => attachmentRow(each.row, each)),
          DEFAULT_DIALECT,
        );
        const { records } = await readCsv(table, DEFAULT_DIALECT);
        expect(records.map((record) => [record[3], record[4]])).toEqual(registered);
        for (const [nr, , note, , , path, , hash] of records) {
          expect(note).toBeNull();
          const content = await readFile(join(bag, String(path)));
          expect([content.toString(), sha256(content)]).toEqual([`innehåll ${nr}`, hash]);
        }
        await rm(bag, { recursive: true });
      }),
      { numRuns },
    );
  },
  120_000 + numRuns * 200,
);

import { createHash } from 'node:crypto';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { manifestText, parseManifest } from '../../src/bag/manifest.ts';
import { readListings } from '../../src/bag/read-listings.ts';
import { sealBag } from '../../src/bag/seal-bag.ts';
import { validateBag } from '../../src/bag/validate-bag.ts';
import type { BagFacts } from '../../src/domain/package.ts';
import { contentsOf, DECISIONS, decision, exportSample, PLANTED_NAME, sealedSample, sha256, tempFolder, WRITER } from './sample-bag.ts';

/** A bag with one table and three attachments, small enough to be damaged byte by byte. */
const SMALL = DECISIONS.map(({ area }) => decision(area, { answer: area === 2 ? 'bevara' : 'gallra' }));

let whole: string;
let files: Map<string, Buffer>;
beforeAll(async () => {
  whole = (await sealedSample({ decisions: SMALL })).dir;
  files = await contentsOf(whole);
});

/** A copy of the whole bag, for one fault. */
async function copy(): Promise<string> {
  const dir = await tempFolder();
  await cp(whole, dir, { recursive: true });
  return dir;
}
const codes = async (dir: string) => (await validateBag(dir)).problems.map(({ code, path }) => `${code} ${path}`);

/** A bag of somebody else's making. */
async function foreignBag(content: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const dir = await tempFolder();
  for (const [path, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
  return dir;
}
const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
const hashOf = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

describe('faults in our own bag', () => {
  test('N02 every single flipped bit is found, in any file', async () => {
    const dir = await copy();
    const anyByte = fc.constantFrom(...files.keys()).chain((path) =>
      fc.record({
        path: fc.constant(path),
        at: fc.nat(Math.max(0, (files.get(path)?.length ?? 0) - 1)),
        bit: fc.nat(7),
      }),
    );
    await fc.assert(
      fc.asyncProperty(anyByte, async ({ path, at, bit }) => {
        const original = files.get(path) ?? Buffer.of();
        fc.pre(original.length > 0);
        const flipped = Buffer.from(original);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        await writeFile(join(dir, path), flipped);
        const { valid, problems } = await validateBag(dir);
        await writeFile(join(dir, path), original);
        expect({ valid, found: problems.length > 0 }).toEqual({ valid: false, found: true });
      }),
      { numRuns: 250 },
    );
    expect(await codes(dir)).toEqual([]);
  });

  test('the tag manifest, which nothing covers, must be in its own form: even a letter in the other case is found', async () => {
    const dir = await copy();
    const path = join(dir, 'tagmanifest-sha256.txt');
    const original = files.get('tagmanifest-sha256.txt') ?? Buffer.of();
    for (let at = 0; at < original.length; at += 7) {
      const flipped = Buffer.from(original);
      flipped[at] = (flipped[at] ?? 0) ^ 0x20;
      await writeFile(path, flipped);
      expect((await validateBag(dir)).valid, `byte ${at}`).toBe(false);
    }
  });

  test('every single missing file is found', async () => {
    const dir = await copy();
    for (const path of files.keys()) {
      await rename(join(dir, path), `${dir}.away`);
      const { valid, complete } = await validateBag(dir);
      await rename(`${dir}.away`, join(dir, path));
      expect({ path, valid, complete }).toEqual({ path, valid: false, complete: false });
    }
  });

  test('N13 every extra file is found', async () => {
    for (const path of ['data/extra.csv', 'data/omrade2_bilagor/extra', 'extra.txt', 'LASMIG.txt.part', 'meta/x', 'data/.hidden']) {
      const dir = await copy();
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), 'x');
      const { valid, complete, problems } = await validateBag(dir);
      expect({ path, valid, complete }).toEqual({ path, valid: false, complete: false });
      expect(problems).toContainEqual(expect.objectContaining({ code: 'file_surplus' }));
    }
  });

  test('an edited manifest is found, even when it is edited to agree', async () => {
    const dir = await copy();
    await writeFile(join(dir, 'data/omrade2_patientkort.csv'), 'x');
    const { entries } = parseManifest(files.get('manifest-sha256.txt')?.toString() ?? '');
    const edited = entries.map(({ path, hash }) => ({ path, sha256: path.endsWith('patientkort.csv') ? sha256(Buffer.from('x')) : hash }));
    await writeFile(join(dir, 'manifest-sha256.txt'), manifestText(edited));
    expect(await codes(dir)).toEqual(expect.arrayContaining(['checksum_mismatch manifest-sha256.txt', 'oxum_mismatch bag-info.txt']));
  });

  test('D13 N10 an attachment is only its number in a report', async () => {
    const dir = await copy();
    const path = [...files.keys()].find((each) => each.endsWith(PLANTED_NAME)) ?? '';
    await writeFile(join(dir, path), 'annat');
    await writeFile(join(dir, `${path}.kopia`), 'annat');
    const report = await validateBag(dir);
    expect(report.problems.map(({ code, path: shown }) => [code, shown])).toEqual(
      expect.arrayContaining([
        ['checksum_mismatch', 'omrade2_bilagor/#1'],
        ['file_surplus', 'omrade2_bilagor/#?'],
      ]),
    );
    expect(JSON.stringify(report)).not.toContain('Provsson');
  });

  test.each<[string, (facts: BagFacts) => BagFacts, string]>([
    ['rows', (facts) => changed(facts, { rows: 4 }), 'datapackage_rows data/omrade2_patientkort.csv'],
    [
      'a header',
      (facts) => changed(facts, { columns: facts.tables[0]?.columns.toReversed() }),
      'datapackage_header data/omrade2_patientkort.csv',
    ],
    ['bytes', (facts) => changed(facts, { bytes: 1 }), 'datapackage_bytes data/omrade2_patientkort.csv'],
    ['a hash', (facts) => changed(facts, { sha256: 'a'.repeat(64) }), 'datapackage_hash data/omrade2_patientkort.csv'],
    ['a table less', (facts) => ({ ...facts, tables: facts.tables.slice(1) }), 'file_surplus data/omrade2_patientkort.csv'],
  ])('R23 facts that lie about %s are found', async (_, lie, expected) => {
    const dir = await tempFolder();
    await sealBag(dir, lie(await exportSample(dir, { decisions: SMALL })), WRITER);
    expect(await codes(dir)).toContain(expected);
  });

  test('an abort ends it', async () => {
    await expect(validateBag(whole, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});

const changed = (facts: BagFacts, change: Partial<BagFacts['tables'][number]>): BagFacts => ({
  ...facts,
  tables: facts.tables.map((table, at) => (at === 0 ? { ...table, ...change } : table)),
});

describe('bags that are not ours', () => {
  test('BagIt 1.0 with two algorithms, encoded paths, a tag encoding and loose tag files is valid', async () => {
    const dir = await foreignBag({
      'bagit.txt': 'BagIt-Version: 1.0\nTag-File-Character-Encoding: ISO-8859-1\n',
      'bag-info.txt': Buffer.from('Source-Organization: Någon\n  annan\r\nPayload-Oxum: 6.2\n', 'latin1'),
      'data/å 100%.txt': 'hej',
      'data/rad\nbrytning': 'hej',
      'manifest-md5.txt': Buffer.from(
        `${hashOf('md5', 'hej')}  data/å 100%25.txt\n${hashOf('md5', 'hej')} data/rad%0Abrytning\n`,
        'latin1',
      ),
      'manifest-sha512.txt': Buffer.from(
        `${hashOf('sha512', 'hej').toUpperCase()}\tdata/å 100%25.txt\r\n${hashOf('sha512', 'hej')} *./data/rad%0abrytning\r\n`,
        'latin1',
      ),
      'notes/own.txt': 'x',
    });
    expect(await validateBag(dir)).toMatchObject({ valid: true, complete: true, problems: [], files: 7, rows: 0, hasDatapackage: false });
  });

  test('since 1.0 every manifest lists every file; before, one was enough', async () => {
    const content = {
      'data/a': 'a',
      'data/b': 'b',
      'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n`,
      'manifest-sha1.txt': `${hashOf('sha1', 'b')}  data/b\n`,
    };
    expect(await codes(await foreignBag({ ...content, 'bagit.txt': BAGIT }))).toEqual(['file_surplus data/a', 'file_surplus data/b']);
    expect(await codes(await foreignBag({ ...content, 'bagit.txt': BAGIT.replace('1.0', '0.97') }))).toEqual([]);
  });

  test.each(['../x', '/etc/passwd', 'data/../../x', 'data//x', 'data/./x', '~root/x', 'C:/x', 'data\\x', 'bagit.txt'])(
    'a manifest that points at %j is refused before anything is read',
    async (path) => {
      const dir = await foreignBag({
        'bagit.txt': BAGIT,
        'data/a': 'a',
        'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n${hashOf('md5', 'x')}  ${path}\n`,
      });
      expect(await codes(dir)).toEqual([`path_unsafe ${path}`]);
    },
  );

  test('a link is no file', async () => {
    const dir = await foreignBag({
      'bagit.txt': BAGIT,
      'data/a': 'a',
      'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n${hashOf('md5', 'a')}  data/b\n`,
    });
    await symlink('a', join(dir, 'data/b'));
    expect(await codes(dir)).toEqual(['not_a_file data/b', 'file_missing data/b']);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no bagit.txt', { 'bagit.txt': '' }, 'bagit_invalid bagit.txt'],
    ['an unknown encoding', { 'bagit.txt': BAGIT.replace('UTF-8', 'nonsense') }, 'bagit_invalid bagit.txt'],
    ['a line that is none', { 'manifest-md5.txt': 'hej\n' }, 'manifest_malformed manifest-md5.txt'],
    ['a hash of the wrong length', { 'manifest-md5.txt': 'abc  data/a\n' }, 'manifest_malformed manifest-md5.txt'],
    ['an algorithm that nobody knows', { 'manifest-nonsense.txt': 'abc  data/a\n' }, 'algorithm_unknown manifest-nonsense.txt'],
    ['a path twice', { 'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n`.repeat(2) }, 'path_duplicate data/a'],
    ['a wrong Payload-Oxum', { 'bag-info.txt': 'Payload-Oxum: 2.1\n' }, 'oxum_mismatch bag-info.txt'],
    ['a data package that is none', { 'datapackage.json': '{' }, 'datapackage_invalid datapackage.json'],
    ['a described file that is missing', { 'datapackage.json': '{"resources":[{"path":"b.csv"}]}' }, 'datapackage_file_missing b.csv'],
  ])('%s is found', async (_, change, expected) => {
    const dir = await foreignBag({ 'bagit.txt': BAGIT, 'data/a': 'a', 'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n`, ...change });
    expect(await codes(dir)).toContain(expected);
  });

  test('a folder without bagit.txt, and no folder, are no bags, and nothing in them is read', async () => {
    const dir = await foreignBag({ 'data/a': 'a', 'manifest-md5.txt': 'nonsense' });
    const read: number[] = [];
    const report = await validateBag(dir, { onBytes: (bytes) => read.push(bytes) });
    expect(report).toMatchObject({ valid: false, complete: false, files: 0 });
    expect(report.problems.map(({ code }) => code)).toEqual(['bagit_missing']);
    expect(read).toEqual([]);
    await rm(dir, { recursive: true });
    expect(await codes(dir)).toEqual(['bagit_missing bagit.txt']);
  });

  test('a bag with nothing but bagit.txt lacks the rest', async () => {
    const dir = await foreignBag({ 'bagit.txt': BAGIT });
    expect(await codes(dir)).toEqual(['data_missing data', 'manifest_missing manifest-sha256.txt']);
  });

  test('a listing that was found and is gone when it is read counts as missing', async () => {
    const found: string[] = [];
    const dir = await foreignBag({ 'bagit.txt': BAGIT });
    const names = new Set(['bagit.txt', 'bag-info.txt', 'manifest-md5.txt']);
    const { payload } = await readListings(dir, names, (code) => found.push(code));
    expect([found, payload.size]).toEqual([['manifest_missing'], 0]);
  });

  test('files and folders that vanish while they are listed and read are findings, never an error', async () => {
    const paths = Array.from({ length: 300 }, (_, at) => `data/${at}/fil`);
    const lines = paths.map((path) => `${hashOf('md5', 'a')}  ${path}\n`).join('');
    const content = Object.fromEntries(paths.map((path) => [path, 'a']));
    const dir = await foreignBag({ 'bagit.txt': BAGIT, 'manifest-md5.txt': lines, ...content });
    const [{ problems }] = await Promise.all([validateBag(dir), rm(dir, { recursive: true })]);
    expect(problems.length).toBeGreaterThan(0);
  });

  test("another's data package is checked as far as it says something", async () => {
    const table = 'id,text\r\n1,"två\r\nrader"\r\n2,\r\n';
    const bag = (resource: object) =>
      foreignBag({
        'bagit.txt': BAGIT,
        'data/t.csv': table,
        'manifest-sha256.txt': manifestText([{ path: 'data/t.csv', sha256: sha256(Buffer.from(table)) }]),
        'datapackage.json': JSON.stringify({ resources: [resource, { path: ['a', 'b'] }, { data: [] }] }),
      });
    const fields = [{ name: 'id' }, { name: 'text' }];
    const good = await bag({ path: 'data/t.csv', schema: { fields } });
    expect(await validateBag(good)).toMatchObject({ valid: true, rows: 2, hasDatapackage: true });
    expect(await codes(await bag({ path: 'data/t.csv', rows: 3 }))).toEqual(['datapackage_rows data/t.csv']);
    expect(await codes(await bag({ path: 'data/t.csv', schema: { fields: fields.slice(1) } }))).toEqual(['datapackage_header data/t.csv']);
    expect(await codes(await bag({ path: 'data/t.csv', encoding: 'utf-16', rows: 3 }))).toEqual([]);
  });

  test('what a listing names cannot steer a terminal', async () => {
    const dir = await foreignBag({
      'bagit.txt': BAGIT,
      'data/a': 'a',
      'manifest-md5.txt': `${hashOf('md5', 'a')}  data/a\n${hashOf('md5', 'a')}  data/\u001b[2J\n`,
    });
    expect(await codes(dir)).toEqual(['file_missing data/\ufffd[2J']);
  });
});

test('manifest lines come back as they were, whatever the path', () => {
  const path = fc.string({ unit: 'binary', minLength: 1 }).map((name) => `data/${name}`);
  fc.assert(
    fc.property(fc.array(path), (paths) => {
      const entries = paths.map((each) => ({ path: each, hash: sha256(Buffer.from(each)) }));
      const text = manifestText(entries.map(({ path: each, hash }) => ({ path: each, sha256: hash })));
      expect(parseManifest(text)).toEqual({ entries, malformed: [] });
    }),
  );
});

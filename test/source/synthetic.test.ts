import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSynthetic } from '../../src/demo/synthetic/load.ts';
import { run, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { rawRows } from '../support/source-export.ts';

let server: TestPostgres;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const fingerprint = async (url: string): Promise<string> => {
  const tables = await run<{ name: string }>(
    url,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const sums = tables.map(
    ({ name }) => `SELECT '${name}', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM ${name} AS t`,
  );
  return JSON.stringify(await rawRows(url, sums.join(' UNION ALL ')));
};

test('the same seed and scale give the same rows, another seed others', async () => {
  const load = async (name: string, seed: number) => {
    const url = await server.createDatabase(name);
    await loadSynthetic(url, { seed, scale: 0.01 });
    return fingerprint(url);
  };
  const first = await load('a', 7);
  expect(await load('b', 7)).toBe(first);
  expect(await load('c', 8)).not.toBe(first);
});

test('a database that is not empty is refused and left as it is', async () => {
  const url = await server.createDatabase('upptagen');
  await run(url, 'CREATE SCHEMA lan');
  await expect(loadSynthetic(url, { seed: 1, scale: 0.01 })).rejects.toThrow('schema lan');
  expect(await run(url, "SELECT nspname FROM pg_namespace WHERE nspname IN ('core', 'lan', 'leverans')")).toEqual([{ nspname: 'lan' }]);
});

test('no personnummer of the fixture can belong to anyone: every check digit is wrong or the day does not exist', async () => {
  const url = await server.createSource('personnummer', { scale: 0.05 });
  const rows = await rawRows(
    url,
    `SELECT personnummer FROM epiark.klinisk_anmalan UNION SELECT personnummer FROM epiark.lab_anmalan UNION SELECT personnummer FROM lan.patientkort`,
  );
  const numbers = rows.flat().filter((number) => number !== null);
  expect(numbers.length).toBeGreaterThan(1000);
  for (const number of numbers) {
    expect(number).toMatch(/^\d{6}[-+]\d{4}$/);
    const digits = [...number.replace(/\D/g, '')].map(Number);
    const sum = digits.reduce((total, digit, at) => {
      const product = digit * (at % 2 === 0 ? 2 : 1);
      return total + Math.floor(product / 10) + (product % 10);
    }, 0);
    const day = Number(number.slice(4, 6));
    expect(sum % 10 !== 0 || day === 0, `${number} has a valid check digit`).toBe(true);
  }
});

test('every column of every contract view has a Swedish comment, and OrgArk is in none of them', async () => {
  const url = await server.createSource('kommentarer');
  const without = await run(
    url,
    `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE c.relnamespace = 'leverans'::regnamespace AND col_description(c.oid, a.attnum) IS NULL`,
  );
  expect(without).toEqual([]);
  const definitions = await run<{ definition: string }>(url, "SELECT definition FROM pg_views WHERE schemaname = 'leverans'");
  for (const { definition } of definitions) expect(definition).not.toContain('orgark.');
});

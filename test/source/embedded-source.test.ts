import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedSource } from '../../src/demo/embedded-source.ts';
import { run } from '../support/postgres.ts';
import { change } from '../support/source-export.ts';

test('a load that was cut is done again; one that was finished is kept', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sminet-embedded-'));
  const start = () => startEmbeddedSource({ dataDir, seed: 1, scale: 0.01 });
  const marks = (url: string) => run(url, 'SELECT FROM lan.intressent WHERE intressent_id = 1');
  try {
    await mkdir(join(dataDir, 'pglite'));
    await writeFile(join(dataDir, 'pglite', 'PG_VERSION'), 'half');

    const first = await start();
    expect(await marks(first.url)).toEqual([]);
    await change(first.url, "INSERT INTO lan.intressent VALUES (1, '12')");
    await first.close();

    const second = await start();
    expect(await marks(second.url)).toHaveLength(1);
    await second.close();
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

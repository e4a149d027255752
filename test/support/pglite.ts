import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedSource } from '../../src/demo/embedded-source.ts';

/** PostgreSQL in WebAssembly with the SYNTETISK source, of its own for one test file. One session: while one connection is in a transaction the others wait. */
export async function startPglite(
  options: { seed?: number; scale?: number; bilagorDir?: string } = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sminet-pglite-'));
  const { url, close } = await startEmbeddedSource({ dataDir, seed: 1, scale: 0.02, ...options });
  return {
    url,
    async stop() {
      await close();
      await rm(dataDir, { recursive: true });
    },
  };
}

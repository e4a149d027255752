import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { loadSynthetic, type SyntheticOptions } from './synthetic/load.ts';

export interface EmbeddedSource {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * PostgreSQL in WebAssembly with the SYNTETISK Sminet 2, on a free port of 127.0.0.1. `dataDir` keeps it between runs:
 * the data is loaded when the folder has no mark of a finished load, so a load that was cut is done again.
 * One session serves all connections: while one is in a transaction the others wait.
 */
export async function startEmbeddedSource(
  options: Omit<SyntheticOptions, 'large'> & { readonly dataDir: string },
): Promise<EmbeddedSource> {
  const database = join(options.dataDir, 'pglite');
  const mark = join(options.dataDir, 'loaded');
  const loaded = await access(mark).then(
    () => true,
    () => false,
  );
  if (!loaded) await rm(database, { recursive: true, force: true });
  await mkdir(options.dataDir, { recursive: true });

  const db = await PGlite.create(database);
  const port = await freePort();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 32 });
  await server.start();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const close = async () => {
    await server.stop();
    await db.close();
  };

  try {
    if (!loaded) {
      await loadSynthetic(url, options);
      await writeFile(mark, '');
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

/** The socket server cannot tell which port it got for 0. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

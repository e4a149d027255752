import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runningWorker } from '../delivery/follow.ts';
import { DEFAULT_DIALECT } from '../domain/dialect.ts';
import { REGIONS } from '../domain/regions.ts';
import { demoText } from '../text.ts';
import { type DemoFolder, demoFolder, INBOX } from './demo-folder.ts';
import { startEmbeddedSftp } from './embedded-sftp.ts';
import { startEmbeddedSource } from './embedded-source.ts';
import { makeKeyPair } from './ssh-key.ts';

// The process of the demo's two servers. It outlives the wizard while a delivery runs, and ends by itself when nobody needs it.

const IDLE_CHECK_MS = 5_000;
/** Long enough to read a receipt and start again. */
const IDLE_CHECKS_BEFORE_END = 6;

const SEED = 1;
const SCALE = 0.02;

const readOr = async (file: string, otherwise: () => string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const text = otherwise();
    await writeFile(file, text, { mode: 0o600 });
    return text;
  }
};

function settingsFor(folder: DemoFolder, sourceUrl: string, port: number, hostKey: string): string {
  const target = (slug: string) => ({
    host: '127.0.0.1',
    port,
    username: slug,
    path: `/${INBOX}`,
    privateKey: folder.clientKey,
    hostKey,
    dialect: DEFAULT_DIALECT,
  });
  const settings = {
    state: folder.state,
    staging: folder.staging,
    source: { sminet2: sourceUrl, bilagor: folder.attachments },
    targets: Object.fromEntries(REGIONS.map(({ code, slug }) => [code, target(slug)])),
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

async function startServers(folder: DemoFolder) {
  const publicKeyFile = `${folder.clientKey}.pub`;
  const pair = makeKeyPair();
  await readOr(folder.clientKey, () => pair.private);
  const authorized = await readOr(publicKeyFile, () => pair.public);
  const users = REGIONS.map(({ slug }) => slug);
  for (const user of users) await mkdir(join(folder.sftp, user, INBOX), { recursive: true });
  const { sftp: port }: { readonly sftp?: number } = JSON.parse(await readOr(folder.ports, () => '{}'));
  const sftp = await startEmbeddedSftp({
    root: folder.sftp,
    hostKeyFile: folder.hostKey,
    users,
    authorizedKeys: [authorized],
    port,
  });
  await writeFile(folder.ports, JSON.stringify({ sftp: sftp.port }));
  const source = await startEmbeddedSource({ dataDir: folder.source, seed: SEED, scale: SCALE, bilagorDir: folder.attachments });
  await writeFile(folder.settings, settingsFor(folder, source.url, sftp.port, sftp.fingerprint), { mode: 0o660 });
  return { source, sftp };
}

async function isWorking(folder: DemoFolder): Promise<boolean> {
  for (const { code } of REGIONS) if (await runningWorker(folder.state, code)) return true;
  return false;
}

async function main(root: string): Promise<void> {
  const folder = demoFolder(root);
  await mkdir(folder.dir, { recursive: true });
  const { source, sftp } = await startServers(folder);
  const leases = new Set<Socket>();
  let isAskedToEnd = false;
  const lease = createServer((socket) => {
    leases.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => leases.delete(socket));
    socket.on('data', () => {
      isAskedToEnd = true;
    });
  });
  await rm(folder.lease, { force: true });
  await new Promise<void>((resolve, reject) => {
    lease.once('error', reject);
    lease.listen(folder.lease, resolve);
  });
  let idle = 0;
  while (!isAskedToEnd && idle < IDLE_CHECKS_BEFORE_END) {
    await wait(isAskedToEnd ? 0 : IDLE_CHECK_MS);
    idle = leases.size > 0 || (await isWorking(folder)) ? 0 : idle + 1;
  }
  lease.close();
  for (const socket of leases) socket.destroy();
  await sftp.close();
  await source.close();
}

try {
  await main(process.argv[2] ?? process.cwd());
} catch (error) {
  const { code, port } = error as { code?: string; port?: number };
  console.error(code === 'EADDRINUSE' && port ? demoText.portTaken(port) : error);
  // One of them may listen already, and nobody would come to end it.
  process.exit(1);
}

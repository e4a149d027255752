import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { regionOf } from '../domain/regions.ts';
import { demoText } from '../text.ts';
import { type DemoFolder, demoFolder, INBOX } from './demo-folder.ts';
import { endServers, leaseServers } from './lease-servers.ts';

// `npm run demo`: the wizard on embedded servers; without a terminal one whole delivery, line by line.

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));
const REGION = regionOf('12');
const DECISION = ['--datum', '2025-11-12', '--beslutsfattare', 'Regionarkivnämnden', '--inkom', '2025-11-20'];
const ANSWERS: readonly (readonly string[])[] = [
  ['1', '--val', 'bevara', '--dnr', 'RS 2025-1141'],
  ['2', '--val', 'bevara', '--dnr', 'RS 2025-1141', '--patientkort', 'levereras', '--rapport-uttagen', 'nej'],
  ['3', '--val', 'bevara', '--dnr', 'RS 2025-1141'],
  ['4', '--val', 'gallra', '--dnr', 'RS 2025-1142'],
  ['5', '--val', 'langre_frist', '--ny-frist', '2036-12-31', '--dnr', 'RS 2025-1143'],
  ['6', '--val', 'gallra', '--dnr', 'RS 2025-1142'],
  ['7', '--val', 'bevara', '--dnr', 'RS 2025-1141'],
];

/** Runs the program as an operator would, on the demo's settings; its words go straight to ours. Resolves to its exit code. */
function program(folder: DemoFolder, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args, '--config', folder.settings], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function step(folder: DemoFolder, args: readonly string[]): Promise<void> {
  console.log(`\n$ sminet-leverans ${args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`);
  const code = await program(folder, args);
  if (code !== 0) throw new Error(demoText.stepFailed(code));
}

const publishedBag = (folder: DemoFolder, bag: string): string => join(folder.sftp, REGION.slug, INBOX, bag);

/** The newest bag on the demo's server is what the last step published. */
async function walk(folder: DemoFolder): Promise<void> {
  if (!existsSync(join(folder.state, 'regions', `${REGION.code}.json`))) {
    for (const answer of ANSWERS) await step(folder, ['beslut', 'satt', REGION.code, ...answer, ...DECISION]);
  }
  await step(folder, ['uppskatta', REGION.code]);
  await step(folder, ['leverera', REGION.code, '--bekrafta', REGION.name]);
  await step(folder, ['status', REGION.code]);
  await step(folder, ['kvitton', REGION.code]);
  const { viewRegion } = await import('../delivery/region-views.ts');
  const { openState } = await import('../store/state-folder.ts');
  const { deliveries } = await viewRegion(await openState(folder.state, { create: false }), REGION.code);
  await step(folder, ['verifiera', publishedBag(folder, deliveries.at(-1)?.bag ?? '')]);
  await step(folder, ['gallringsunderlag', REGION.code]);
}

async function main(): Promise<void> {
  const folder = demoFolder(process.cwd());
  if (process.argv.includes('--ren')) {
    await endServers(folder);
    await rm(folder.dir, { recursive: true, force: true });
  }
  console.log(demoText.starting(folder.dir));
  const lease = await leaseServers(folder);
  try {
    if (process.stdin.isTTY && process.stdout.isTTY) process.exitCode = await program(folder, []);
    else {
      await walk(folder);
      console.log(`\n${demoText.done}`);
    }
  } finally {
    lease.destroy();
  }
}

try {
  await main();
} catch (error) {
  console.error(`\n${(error as Error).message}`);
  process.exitCode = 1;
}

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MiB } from '../support/bag-to-send.ts';
import { deliveryMemory, wholeDelivery } from './delivery.ts';
import type { Comparison, Finding } from './measure.ts';
import { tableOf } from './measure.ts';
import { PEERS } from './peers.ts';
import { resumeAfterKill } from './resume.ts';
import type { BenchOptions } from './transfer.ts';
import { largeFile, smallFiles } from './transfer.ts';

// npm run bench -- transfer [--pairs 5] [--size 1024 (MiB)] [--files 10000] [--ms 0,20,50] [--peers sftp,lftp,rclone] [--only P2,P3,P8]
// npm run build && npm run bench -- transfer --only P4,P5 [--pairs 1] [--size 1907 (MiB)] [--files 2000 (attachments)] [--each 150000 (bytes)]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '5' },
    size: { type: 'string', default: '1024' },
    files: { type: 'string', default: '10000' },
    each: { type: 'string', default: '150000' },
    ms: { type: 'string', default: '0,20,50' },
    peers: { type: 'string', default: 'sftp,lftp,rclone' },
    only: { type: 'string', default: 'P2,P3,P8' },
  },
});
if (positionals.join() !== 'transfer') throw new Error('there is one bench: transfer');
if (!hasNativeAddon()) throw new Error('ssh2 runs without its native addon: what would be measured is not the product');

const options: BenchOptions = {
  pairs: Number(values.pairs),
  size: Number(values.size) * MiB,
  files: Number(values.files),
  roundTrips: values.ms.split(',').map(Number),
  peers: values.peers.split(','),
};
const isWanted = (goal: string) => values.only.split(',').includes(goal);
const comparisons: Comparison[] = [];
const findings: Finding[] = [];
if (isWanted('P2')) comparisons.push(...(await largeFile(options)));
if (isWanted('P3')) comparisons.push(...(await smallFiles(options)));
const delivery = { pairs: options.pairs, size: options.size, attachments: options.files, attachmentBytes: Number(values.each) };
if (isWanted('P4')) comparisons.push(await wholeDelivery(delivery));
if (isWanted('P5')) findings.push(await deliveryMemory(delivery));
if (isWanted('P8')) findings.push(...(await resumeAfterKill(options)));

const versions = { node: process.version, ...Object.fromEntries(PEERS.map(({ name, version }) => [name, version ?? 'SKIPPED'])) };
const machine = { cpus: cpus().length, model: cpus()[0]?.model };
const results = { at: new Date().toISOString(), machine, versions, options, comparisons, findings };
await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
console.log(tableOf(comparisons, findings));

function hasNativeAddon(): boolean {
  const require = createRequire(createRequire(import.meta.url).resolve('ssh2'));
  try {
    require('./protocol/crypto/build/Release/sshcrypto.node');
    return true;
  } catch {
    return false;
  }
}

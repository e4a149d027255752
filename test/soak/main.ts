import { appendFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDeliveries } from './deliveries.ts';
import type { Round } from './round.ts';
import { playRound } from './round.ts';
import { summaryOf } from './summary.ts';

// npm run soak -- [kills, default 200] [--seed 1] [--minutes 60] [--lanes 2] [--log file]
// Kills the whole program again and again and counts what was lost. A run with the same seed and log goes on where it was stopped.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    lanes: { type: 'string', default: '2' },
    log: { type: 'string' },
  },
});
const wanted = Number(positionals[0] ?? 200);
const seed = Number(values.seed);
const log = values.log ?? join(tmpdir(), `sminet-soak-${seed}.jsonl`);
const deadline = performance.now() + Number(values.minutes) * 60_000;

const rounds = await readRounds(log);
const killed = () => rounds.reduce((sum, { kills }) => sum + kills.length, 0);
let next = Math.max(0, ...rounds.map(({ round }) => round + 1));
console.log(`${wanted} kills wanted, ${killed()} done before, seed ${seed}, ${log}`);

const deliveries = await startDeliveries();
try {
  const lane = async () => {
    while (killed() < wanted && performance.now() < deadline) {
      const round = await playRound(deliveries, seed, next++);
      rounds.push(round);
      await appendFile(log, `${JSON.stringify(round)}\n`);
      for (const fault of [...round.lost, ...round.corrupt, ...round.halfVisible]) console.log(`round ${round.round}: ${fault}`);
      if (rounds.length % 20 === 0) console.log(`${killed()} kills`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
} finally {
  await deliveries.close();
}
console.log(summaryOf(rounds));
if (rounds.some(({ lost, corrupt, halfVisible }) => lost.length + corrupt.length + halfVisible.length > 0)) process.exitCode = 1;

/** Rounds of an earlier run; a torn last line was never counted. */
async function readRounds(file: string): Promise<Round[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

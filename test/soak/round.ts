import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { hashesBelow } from '../support/bag-to-send.ts';
import type { RegionProgram } from '../support/program-servers.ts';
import { seeded } from '../support/seeded.ts';
import type { Deliveries, SoakStage } from './deliveries.ts';
import { dataHashes, deliver, STAGES, stageOf } from './deliveries.ts';
import { WatchedFolder } from './watched-folder.ts';

/** One delivery that was killed some times and then left alone, as a line of the log. */
export interface Round {
  readonly round: number;
  /** The stage that each kill was aimed at, and how many ms into it. */
  readonly kills: readonly { readonly stage: SoakStage; readonly afterMs: number }[];
  /** From the result: what was sent more than once, in bytes. */
  readonly bytesResent: number;
  readonly bytes: number;
  /** What went wrong, in words; all three are empty when nothing did. */
  readonly lost: readonly string[];
  readonly corrupt: readonly string[];
  readonly halfVisible: readonly string[];
}

/** After a kill the delivery is mostly killed again, but never more than so many times. */
const [KILLED_AGAIN, MOST_KILLS] = [0.8, 8];

/** Plays one round; the same seed and number aim at the same instants. */
export async function playRound(deliveries: Deliveries, seed: number, round: number): Promise<Round> {
  const random = seeded(seed * 1_000_003 + round);
  const program = await deliveries.newProgram();
  const watched = new WatchedFolder(program.remote, program.staging);
  const kills: { stage: SoakStage; afterMs: number }[] = [];
  try {
    do {
      const stage = STAGES[Math.floor(random() * STAGES.length)] ?? 'upload';
      const afterMs = Math.round(random() * deliveries.stageMs[stage]);
      if (await killAt(program, stage, afterMs)) kills.push({ stage, afterMs });
      else break;
    } while (random() < KILLED_AGAIN && kills.length < MOST_KILLS);
    return { round, kills, ...(await finish(deliveries, program, watched)) };
  } finally {
    watched.stop();
    await program.close();
  }
}

/** Whether the program was still there to be killed. */
async function killAt(program: RegionProgram, stage: SoakStage, afterMs: number): Promise<boolean> {
  const running = deliver(program);
  const reached = running.until((event) => stageOf(event) === stage).then(() => pause(afterMs));
  await Promise.race([reached, running.ended]).catch(() => {});
  running.process.kill('SIGKILL');
  return (await running.ended).code === 'SIGKILL';
}

/** Lets the delivery come to its end and compares everything with what should be there. */
async function finish(deliveries: Deliveries, program: RegionProgram, watched: WatchedFolder) {
  const { code, stderr, json } = await deliver(program).ended;
  const bags = watched.look();
  const [bag] = bags;
  const lost: string[] = [];
  const corrupt: string[] = [];
  // 5: the last kill came after everything was done.
  if (code !== 0 && code !== 5) lost.push(`the last run ended with ${code}: ${stderr}`);
  if (bag === undefined || bags.length > 1) lost.push(`${bags.length} bags are published`);
  let bytesResent = 0;
  if (bag !== undefined) {
    const there = join(program.remote, bag);
    if (!isDeepStrictEqual(await hashesBelow(there), await hashesBelow(join(program.staging, bag))))
      corrupt.push(`${bag} is not what was staged`);
    if (!isDeepStrictEqual(await dataHashes(there), deliveries.expected)) corrupt.push(`${bag} is not what the source has`);
    const receipt = await program.receipt(bag.replace('SMINET2_', '')).catch((error: Error) => error);
    if (receipt instanceof Error) lost.push(`no receipt: ${receipt.message}`);
    else if (!receipt.contentVerified) corrupt.push(`${bag} is not called verified`);
    const result = json.at(-1) as { type?: string; bytesResent?: number } | undefined;
    if (result?.type === 'result') bytesResent = result.bytesResent ?? 0;
  }
  return { bytesResent, bytes: deliveries.bytes, lost, corrupt, halfVisible: watched.halfVisible };
}

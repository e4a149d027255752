import { MiB } from '../support/bag-to-send.ts';
import { STAGES } from './deliveries.ts';
import type { Round } from './round.ts';

/** What the rounds say together: the three counts that must be 0, and how much was sent again. */
export function summaryOf(rounds: readonly Round[]): string {
  const count = (of: (round: Round) => readonly unknown[]) => rounds.reduce((sum, round) => sum + of(round).length, 0);
  const kills = rounds.flatMap((round) => round.kills);
  const perStage = STAGES.map((stage) => `${stage} ${kills.filter((kill) => kill.stage === stage).length}`).join(', ');
  const resent = rounds
    .filter((round) => round.kills.length > 0)
    .map(({ bytesResent }) => bytesResent)
    .sort((a, b) => a - b);
  const at = (part: number) => ((resent[Math.min(resent.length - 1, Math.floor(part * resent.length))] ?? 0) / MiB).toFixed(1);
  return [
    `kills ${kills.length} (${perStage}) in ${rounds.length} deliveries of ${((rounds[0]?.bytes ?? 0) / MiB).toFixed(1)} MiB`,
    `lost ${count(({ lost }) => lost)}, corrupt ${count(({ corrupt }) => corrupt)}, half-visible ${count(({ halfVisible }) => halfVisible)}`,
    `MiB sent again per killed delivery: median ${at(0.5)}, 90 % ${at(0.9)}, 99 % ${at(0.99)}, most ${at(1)}`,
  ].join('\n');
}

import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { hashesBelow, MiB } from '../support/bag-to-send.ts';
import { run } from '../support/postgres.ts';
import type { Running } from '../support/program.ts';
import { decisions } from '../support/program.ts';
import type { RegionProgram } from '../support/program-servers.ts';
import { startProgramServers } from '../support/program-servers.ts';

export const STAGES = ['export', 'upload', 'verify', 'publish'] as const;
export type SoakStage = (typeof STAGES)[number];

/** The line to the server, slow enough that an upload can be met in its middle. */
const BYTES_PER_SECOND = 60 * MiB;
/** Two attachments of this many bytes make files that go over several channels and are resumed in their middle. */
const LARGE = 22 * MiB;

/** One source and one server, and everything that rounds have in common. */
export interface Deliveries {
  /** Hashes of `data/` as a delivery that nobody disturbed has them: every later one must have the same. */
  readonly expected: Readonly<Record<string, string>>;
  /** The package's size in bytes. */
  readonly bytes: number;
  /** How long each stage takes when nobody disturbs it, in ms; they overlap. */
  readonly stageMs: Readonly<Record<SoakStage, number>>;
  /** A program of its own, with every area decided, that has delivered nothing. */
  newProgram(): Promise<RegionProgram>;
  close(): Promise<void>;
}

export const deliver = (program: RegionProgram): Running =>
  program.start(['leverera', '12', '--forgrund', '--bekrafta', 'Region Skåne', '--json']);

export const stageOf = (event: DeliveryEvent): string | undefined => ('stage' in event ? event.stage : undefined);

/** Hashes of what was delivered, apart from the texts that name the delivery's time and number. */
export async function dataHashes(bag: string): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await hashesBelow(bag)).filter(([path]) => path.startsWith('data/')));
}

export async function startDeliveries(): Promise<Deliveries> {
  const servers = await startProgramServers();
  try {
    servers.there.proxy.throttle(BYTES_PER_SECOND);
    const source = await servers.newSource();
    await run(
      source.owner,
      `BEGIN READ WRITE;
       UPDATE lan.bilaga SET sha256 = NULL, sokvag = NULL, storlek = ${LARGE},
         innehall = decode(repeat(md5(bilaga_id::text), ${LARGE / 16}), 'hex')
       WHERE bilaga_id IN (SELECT bilaga_id FROM leverans.omrade2_bilagor WHERE myndighet = '12' ORDER BY bilaga_id LIMIT 2);
       COMMIT`,
    );
    const newProgram = async () => {
      const program = await servers.newProgram(source.reader);
      await program.decide('12', decisions('BBBBBBB'));
      return program;
    };
    const program = await newProgram();
    const running = deliver(program);
    const spans = new Map<string, { readonly first: number; last: number }>();
    const timed = new Set<DeliveryEvent>();
    await running.until((event) => {
      const stage = stageOf(event);
      const now = performance.now();
      const span = spans.get(stage ?? '');
      if (stage !== undefined && !timed.has(event)) {
        if (span) span.last = now;
        else spans.set(stage, { first: now, last: now });
      }
      timed.add(event);
      return event.type === 'result';
    });
    const { code, stderr } = await running.ended;
    const result = running.events.at(-1);
    if (code !== 0 || result?.type !== 'result') throw new Error(`the undisturbed delivery ended with ${code}: ${stderr}`);
    const expected = await dataHashes(result.remotePath);
    const ended = performance.now();
    const spanOf = (stage: SoakStage): number => {
      const { first, last } = spans.get(stage) ?? { first: ended, last: ended };
      return (stage === 'publish' ? ended : last) - first;
    };
    const stageMs = Object.fromEntries(STAGES.map((stage) => [stage, spanOf(stage)]));
    await program.close();
    return {
      expected,
      bytes: result.bytes,
      stageMs: stageMs as Record<SoakStage, number>,
      newProgram,
      close: () => servers.close(),
    };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

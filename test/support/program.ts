import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { runningWorker } from '../../src/delivery/follow.ts';
import { clockAt } from '../../src/domain/calendar.ts';
import type { DecisionDraft } from '../../src/domain/decision.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import type { Receipt } from '../../src/domain/delivery-record.ts';
import { saveDecision } from '../../src/store/save-decision.ts';
import { openState } from '../../src/store/state-folder.ts';
import { killIfAlive } from './kill-if-alive.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** One run of the program, from its first to its last word. */
export interface Ran {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
  /** Every line of stdout as JSON, for runs with `--json`. */
  readonly json: readonly unknown[];
}

/** A run that is not over. */
export interface Running {
  readonly process: ChildProcess;
  /** The events so far (`--json`). */
  readonly events: readonly DeliveryEvent[];
  /** Resolves with the first event, past or to come, that matches; rejects when the run ends before that. */
  until(matches: (event: DeliveryEvent) => boolean): Promise<DeliveryEvent>;
  /** Resolves when stdout has a line with this text; rejects when the run ends before that. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ran>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** Runs with the program's own `--config`, not ours. */
  readonly withoutConfig?: boolean;
}

/** What `config.json` says; only what the tests set. */
export interface ProgramSettings {
  readonly state: string;
  readonly staging: string;
  readonly twoPerson?: boolean;
  readonly source?: { readonly sminet2: string; readonly epiark?: string; readonly bilagor?: string };
  readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The built program with settings, state and staging of its own in a temporary folder with a short name. */
export interface Program {
  readonly home: string;
  readonly state: string;
  readonly staging: string;
  readonly config: string;
  /** Changes the settings file. */
  set(change: Partial<ProgramSettings>): Promise<void>;
  /** Runs a command to its end; stdin is `/dev/null`. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  start(args: readonly string[], options?: RunOptions): Running;
  /** Registers decisions without a process for each; `beslut satt` has its own test. */
  decide(region: string, drafts: readonly DecisionDraft[]): Promise<void>;
  /** Who works on the region, asked at its socket. */
  workerPid(region: string): Promise<number | undefined>;
  receipt(delivery: string): Promise<Receipt>;
  /** Ends workers that still run and removes everything. */
  close(): Promise<void>;
}

export async function makeProgram(settings: Omit<ProgramSettings, 'state' | 'staging'> & Partial<ProgramSettings>): Promise<Program> {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  const home = await mkdtemp(join(tmpdir(), 'prg-'));
  const config = join(home, 'config.json');
  let current: ProgramSettings = { state: join(home, 's'), staging: join(home, 'staging'), ...settings };
  const set = async (change: Partial<ProgramSettings>) => {
    current = { ...current, ...change };
    await writeFile(config, JSON.stringify(current));
  };
  await set({});
  const start = (args: readonly string[], { env, nodeFlags = [], withoutConfig = false }: RunOptions = {}) =>
    startProgram([...nodeFlags, MAIN, ...args, ...(withoutConfig ? [] : ['--config', config])], {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TMPDIR: home,
      ...env,
    });
  const { state } = current;
  return {
    home,
    state,
    staging: current.staging,
    config,
    set,
    start,
    run: (args, options) => start(args, options).ended,
    async decide(region, drafts) {
      const saving = { state: await openState(state, { create: true }), clock: clockAt(), operator: 'anna' };
      for (const draft of drafts) await saveDecision(saving, region, draft);
    },
    async workerPid(region) {
      const worker = await runningWorker(state, region);
      if (worker === 'silent') throw new Error('whoever works on the region does not answer');
      return worker?.pid;
    },
    receipt: async (delivery) => JSON.parse(await readFile(join(state, 'deliveries', delivery, 'receipt.json'), 'utf8')),
    async close() {
      const regions = await readdir(join(state, 'run')).catch(() => []);
      for (const region of regions) {
        const worker = await runningWorker(state, region);
        if (worker && worker !== 'silent') killIfAlive(worker.pid);
      }
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function startProgram(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const lines: string[] = [];
  const events: DeliveryEvent[] = [];
  let stderr = '';
  let isOver = false;
  let wake = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('{"type":')) events.push(JSON.parse(line));
    wake();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code, signal]): Ran => {
    isOver = true;
    wake();
    const stdout = lines.map((line) => `${line}\n`).join('');
    return {
      code: code ?? signal,
      stdout,
      stderr,
      get json() {
        return lines.map((line) => JSON.parse(line));
      },
    };
  });
  /** One waiter at a time. */
  const waitFor = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (isOver) throw new Error(`the program ended before that: ${lines.at(-1)} ${stderr}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    process: child,
    events,
    ended,
    until: (matches) => waitFor(() => events.find(matches)),
    said: async (text) => void (await waitFor(() => lines.find((line) => line.includes(text)))),
  };
}

/** What the region decided, in the fewest words: a letter per area, B bevara, G gallra, L längre frist. */
export function decisions(letters: string): DecisionDraft[] {
  return [...letters].map((letter, index) => {
    const area = (index + 1) as DecisionDraft['area'];
    const answer = ({ B: 'bevara', G: 'gallra', L: 'langre_frist' } as const)[letter];
    return {
      area,
      answer,
      date: '2025-11-12',
      decidedBy: 'Regionarkivnämnden',
      dnr: 'RS 2025-1141',
      received: '2025-11-20',
      ...(answer === 'langre_frist' && { newEnd: '2041-12-31' }),
      ...(area === 2 && answer !== 'gallra' && { cards: { choice: 'levereras', reportTaken: 'nej' } }),
    } as DecisionDraft;
  });
}

/**
 * Every file and folder below, with sizes, times and modes: equal listings mean that nothing was written between them. What a worker that has just
 * ended takes away while we look is not there.
 */
export async function listing(dir: string): Promise<string[]> {
  const names = (await readdir(dir, { recursive: true })).sort();
  const lines = names.map(async (name) => {
    const found = await lstat(join(dir, name)).catch(() => null);
    return found ? [[name, found.size, found.mtimeMs, found.ctimeMs, found.mode.toString(8)].join(' ')] : [];
  });
  return (await Promise.all(lines)).flat();
}

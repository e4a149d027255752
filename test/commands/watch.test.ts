import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../src/commands/command.ts';
import { untilEnded } from '../../src/commands/until-ended.ts';
import { watch } from '../../src/commands/watch.ts';
import type { House } from '../../src/delivery/house.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { regionOf } from '../../src/domain/regions.ts';

const SKANE = regionOf('12');
const HOUSE = { settings: { staging: '/nowhere' } } as unknown as House;
const RESULT: DeliveryEvent = {
  type: 'result',
  delivery: 'd',
  bag: 'b',
  remotePath: '/in/b',
  files: 1,
  bytes: 1_000,
  rows: 3,
  bytesSent: 1_000,
  bytesResent: 0,
  contentVerified: true,
  verification: 'server',
  receipt: '/s/receipt.json',
};
const status = (stage: 'export' | 'upload', bytes: number, totalBytes = 100): DeliveryEvent => ({
  type: 'status',
  stage,
  bytes,
  totalBytes,
  rows: 0,
  rate: null,
});
const file = (stage: 'export' | 'upload' | 'verify', name: string): DeliveryEvent => ({
  type: 'file',
  stage,
  file: name,
  bytes: 10,
  rows: 1,
  sha256: 'a'.repeat(64),
});

async function* stream(events: readonly DeliveryEvent[]): AsyncGenerator<DeliveryEvent> {
  yield* events;
}

/** What a watcher prints: lines for people, or objects. */
function watcher({ json = false, verbose = false, aborted = false } = {}) {
  const lines: string[] = [];
  const objects: unknown[] = [];
  const context = {
    output: {
      json,
      line: (text = '') => lines.push(text),
      object: (value: unknown) => objects.push(value),
      note: (text: string) => lines.push(text),
    },
    globals: { verbose },
    signal: aborted ? AbortSignal.abort() : new AbortController().signal,
  } as unknown as CommandContext;
  return { lines, objects, watch: (events: readonly DeliveryEvent[]) => watch(context, HOUSE, SKANE, stream(events)) };
}

describe('a delivery as a watcher prints it', () => {
  it('a line per stage and five percent, not per status; the result says that the gate is shut until the kvittens', async () => {
    const { lines, watch: see } = watcher();
    const percents = Array.from({ length: 101 }, (_, bytes) => status('upload', bytes));
    expect(await see([status('export', 0), ...percents, status('upload', 100), RESULT])).toBe(0);
    const shown = lines.filter((line) => line.startsWith('Överför:')).map((line) => Number(/(\d+) procent/.exec(line)?.[1]));
    expect(shown).toEqual(Array.from({ length: 21 }, (_, step) => step * 5));
    expect(lines.at(-1)).toMatch(/^Klar\. .*kvittens/s);
  });

  it('two stages at a time have their own five percent each', async () => {
    const { lines, watch: see } = watcher();
    const both = Array.from({ length: 101 }, (_, bytes) => [status('export', bytes), status('upload', bytes)]).flat();
    await see([...both, RESULT]);
    expect(lines).toHaveLength(2 * 21 + 1);
  });

  it('a stage without bytes is done, not a division by nothing', async () => {
    const { lines, watch: see } = watcher();
    await see([status('upload', 0, 0), RESULT]);
    expect(lines[0]).toMatch(/^Överför: 100 procent, /);
  });

  it('attachments and verified files are lines only with -v; all are objects', async () => {
    const events = [
      file('export', 'data/omrade1_fall.csv'),
      file('export', 'omrade2_bilagor/#1'),
      file('verify', 'data/omrade1_fall.csv'),
      RESULT,
    ];
    const [terse, verbose] = [watcher(), watcher({ verbose: true })];
    await terse.watch(events);
    await verbose.watch(events);
    expect(terse.lines).toHaveLength(2);
    expect(verbose.lines).toHaveLength(4);
    expect(terse.objects).toEqual(events);
  });

  it('an error is thrown with the code and facts that the worker met', async () => {
    const facts = { host: 'sftp.example', port: 22 };
    const error: DeliveryEvent = { type: 'error', code: 13, message: 'Det går inte.', error: 'sftp_down', facts };
    await expect(watcher().watch([error])).rejects.toMatchObject({ code: 'sftp_down', exitCode: 13, facts });
  });

  it("an error of a newer worker's own is told by its sentence and its exit code", async () => {
    const { lines, objects, watch: see } = watcher();
    const error: DeliveryEvent = { type: 'error', code: 42, message: 'Något nytt.', error: 'not_known_here' };
    expect(await see([error])).toBe(42);
    expect([lines, objects]).toEqual([['Något nytt.'], [error]]);
    expect(await watcher().watch([{ type: 'error', code: 1, message: 'Ett fel i programmet.' }])).toBe(1);
  });

  it('events that end without a last word: the worker was killed (3), or the watcher leaves (130)', async () => {
    await expect(watcher().watch([status('upload', 1)])).rejects.toMatchObject({ code: 'worker_died', exitCode: 3 });
    await expect(watcher({ aborted: true }).watch([status('upload', 1)])).rejects.toMatchObject({ code: 'stopped' });
  });

  it('whoever asked for an end learns which it was', async () => {
    const error = (code: string, facts = {}): DeliveryEvent => ({ type: 'error', code: 3, message: '', error: code, facts });
    const isUncertain = false;
    expect(await untilEnded(stream([status('upload', 1), error('paused')]))).toEqual({ ending: 'paused', isUncertain });
    expect(await untilEnded(stream([error('abandoned')]))).toEqual({ ending: 'stopped', isUncertain });
    expect(await untilEnded(stream([error('abandoned', { publishing: 'ja' })]))).toEqual({ ending: 'stopped', isUncertain: true });
    expect(await untilEnded(stream([RESULT]))).toEqual({ ending: 'done', isUncertain });
    expect(await untilEnded(stream([error('sftp_down')]))).toEqual({ ending: 'failed', isUncertain });
    expect(await untilEnded(stream([]))).toEqual({ ending: 'failed', isUncertain });
  });
});

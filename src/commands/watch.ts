import type { House } from '../delivery/house.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import { type ErrorCode, EXIT_CODES, OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import { eventLine } from '../text.ts';
import { askSecret } from './ask.ts';
import type { CommandContext } from './command.ts';
import { tellReversal } from './tell-reversal.ts';

const LINE_EVERY_MS = 30_000;
const LINE_EVERY_PERCENT = 5;

/** Whether a status says enough new to be a line: another stage, five percent more of it, or half a minute later. */
function statusFilter(): (event: Extract<DeliveryEvent, { type: 'status' }>) => boolean {
  const lines = new Map<string, { readonly percent: number; readonly at: number }>();
  return ({ stage, bytes, totalBytes }) => {
    const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
    const now = performance.now();
    const last = lines.get(stage);
    const isNews = !last || percent - last.percent >= LINE_EVERY_PERCENT || now - last.at >= LINE_EVERY_MS;
    if (isNews) lines.set(stage, { percent, at: now });
    return isNews;
  };
}

const isErrorCode = (code: string | undefined): code is ErrorCode => code !== undefined && code in EXIT_CODES;

/** The error that ended a delivery, as it was where it was thrown; one of our own bugs is a plain Error. */
export const errorOf = (event: Extract<DeliveryEvent, { type: 'error' }>): Error =>
  isErrorCode(event.error) ? new OperatorError(event.error, event.facts) : new Error(event.message);

/** Sends what somebody at this terminal gives to the worker's question with this number; null when nobody can. */
export type SendAnswer = (question: number, secret: string | null) => void;

/**
 * Asks at this terminal for what the worker's login lacks, while the events go on being read: a question that somebody else answered,
 * or that nobody waits for any more, is taken back.
 */
function answering(context: CommandContext, send: SendAnswer) {
  let asking = new AbortController();
  return ({ question, isOver, ...need }: Extract<DeliveryEvent, { type: 'credentials' }>): void => {
    asking.abort();
    if (isOver) return;
    asking = new AbortController();
    const signal = AbortSignal.any([context.signal, asking.signal]);
    askSecret({ ...context, signal }, need).then(
      (secret) => send(question, secret ?? null),
      () => {}, // taken back, or the watcher leaves
    );
  };
}

/**
 * Prints a delivery as it happens and resolves to 0 at its result. Throws the error that ended it, and `worker_died` when the events
 * end without one: the process was killed. Attachments are one line each only under `--json` or `-v`.
 */
export async function watch(
  context: CommandContext,
  { settings }: Pick<House, 'settings'>,
  region: Region,
  events: AsyncIterable<DeliveryEvent>,
  sendAnswer: SendAnswer = () => {},
): Promise<number> {
  const { output, globals, signal } = context;
  const isNews = statusFilter();
  const answer = answering(context, sendAnswer);
  for await (const event of events) {
    if (event.type === 'error') {
      const error = errorOf(event);
      if (error instanceof OperatorError) throw error;
      output.object(event);
      output.note(event.message);
      return event.code;
    }
    output.object(event);
    const isQuietFile = event.type === 'file' && (event.file.includes('#') || event.stage === 'verify') && !globals.verbose;
    if (event.type === 'result' || (!globals.quiet && !isQuietFile && (event.type !== 'status' || isNews(event))))
      output.line(eventLine(event));
    if (event.type === 'credentials') answer(event);
    if (event.type !== 'result') continue;
    if (!globals.quiet) tellReversal(output, settings.staging, event.bag);
    return 0;
  }
  throw new OperatorError(signal.aborted ? 'stopped' : 'worker_died', { region: region.code });
}

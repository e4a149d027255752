import { timestamp } from '../../../domain/calendar.ts';
import type { DeliveryEvent } from '../../../domain/delivery-events.ts';
import { eventLine, isErrorLine, logText } from '../../../text.ts';
import { wrap } from '../../parts/rows.ts';

/** What a line of the log must have for its sentence; the log of another version may have less, or other events. */
const FIELDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  plan: ['bag', 'areas', 'estimate'],
  file: ['stage', 'file', 'bytes', 'rows'],
  retry: ['attempt', 'wait'],
  credentials: ['reason', 'subject'],
  result: ['files', 'bytes', 'rows', 'remotePath', 'verification', 'receipt'],
  error: ['message'],
};

interface Entry {
  readonly at: Date | undefined;
  readonly sentences: readonly string[];
}

/** A name of the program's own making; what else stands there may hold anything (D13). */
const named = (value: unknown): string => (typeof value === 'string' && /^[\w -]{1,40}$/.test(value) ? value : '?');

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(line: string): Entry {
  const object = objectIn(line);
  if (!object) return { at: undefined, sentences: [isErrorLine(line) ? line : logText.hidden] };
  const { time, type, frames, msg } = object;
  const at = typeof time === 'number' || typeof time === 'string' ? new Date(time) : undefined;
  return { at: at && !Number.isNaN(at.getTime()) ? at : undefined, sentences: sentencesOf() };

  function sentencesOf(): readonly string[] {
    if (Array.isArray(frames)) return [msg === 'bug' ? logText.bug(named(frames[0])) : logText.withheld(named(frames[0]))];
    const fields = typeof type === 'string' ? FIELDS[type] : undefined;
    if (!fields?.every((field) => object?.[field] !== undefined)) return [logText.unknown(named(type))];
    return eventLine(object as unknown as DeliveryEvent).split('\n');
  }
}

const TIME_WIDTH = 10;

/** The log as sentences, a time before each and a line for each new day, the newest last; wrapped to the width. */
export function logLines(raw: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let day = '';
  for (const { at, sentences } of raw.filter((line) => line.trim() !== '').map(entryOf)) {
    const [on = '', time = ''] = at ? timestamp(at).slice(0, 19).split('T') : [];
    if (at && on !== day) lines.push(on);
    if (at) day = on;
    // Lines that are not shown say so once.
    if (lines.at(-1)?.endsWith(logText.hidden) && sentences[0] === logText.hidden) continue;
    const parts = sentences.flatMap((sentence) => wrap(sentence, width - TIME_WIDTH - 1));
    lines.push(...parts.map((part, index) => `${(index === 0 ? time : '').padEnd(TIME_WIDTH)}${part}`));
  }
  return lines;
}

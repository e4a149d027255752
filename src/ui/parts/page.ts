import type { Cursor } from '../../terminal/painter.ts';
import { cut, left, type Row, right, row, widthOf, wrap } from './rows.ts';

/** The room there is: one column and one row less than the terminal, since some consoles scroll when their last cell is written. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

export const roomOf = (columns: number, rows: number): Room => ({ width: columns - 1, height: rows - 1 });

/** The smallest terminal that shows every screen. */
export const SMALLEST = { columns: 80, rows: 24 };

/** A line above the keys: `problem` is marked `!`, `said` is not. */
export interface Message {
  readonly kind: 'problem' | 'said';
  readonly text: string;
}

/** A screen ready to be drawn: exactly `height` rows of at most `width` columns. */
export interface Page {
  readonly rows: readonly Row[];
  readonly cursor: Cursor | undefined;
}

interface Parts {
  /** Breadcrumb, joined with `›`. */
  readonly crumbs: readonly string[];
  /** One fact, to the right on the first row. */
  readonly fact?: string;
  readonly body: readonly Row[];
  readonly messages?: readonly Message[];
  /** The keys that work here, as `Enter öppna`; joined with two spaces. */
  readonly keys: readonly string[];
}

/** How many rows of message a page shows. */
const MOST_MESSAGE_ROWS = 6;

function messageRows(messages: readonly Message[], width: number): Row[] {
  const rows = messages.flatMap(({ kind, text }) =>
    wrap(text, width - 3).map((part, index) =>
      row(` ${kind === 'problem' && index === 0 ? '!' : ' '} ${part}`, kind === 'problem' ? 'warning' : undefined),
    ),
  );
  return fitted(rows, MOST_MESSAGE_ROWS);
}

const isBlank = ({ spans }: Row): boolean => spans.every(({ text }) => text === '');

/** As many rows as there is room for: blank ones give way first, the last of them before the others, and what then is left out shows as `…`. */
function fitted(rows: readonly Row[], room: number): Row[] {
  const blanks = rows.filter(isBlank);
  const given = new Set(blanks.slice(Math.max(0, blanks.length - Math.max(0, rows.length - room))));
  const kept = rows.filter((each) => !given.has(each));
  return kept.length <= room ? kept : [...kept.slice(0, Math.max(0, room - 1)), row('   …')].slice(0, room);
}

/** How many rows the body may have beside these messages. */
export const bodyHeight = (room: Room, messages: readonly Message[] = []): number =>
  room.height - 2 - messageRows(messages, room.width).length;

/** The one layout of every screen: breadcrumb and fact, body, messages, keys last. */
export function page(room: Room, { crumbs, fact = '', body, messages = [], keys }: Parts): Page {
  const notes = messageRows(messages, room.width);
  const shown = fitted(body, room.height - 2 - notes.length);
  const blank = Array.from({ length: room.height - 2 - notes.length - shown.length }, () => row());
  const title = ` ${['Sminet-leverans', ...crumbs].join(' › ')}`;
  const rows = [
    { spans: [{ text: left(title, room.width - widthOf(fact) - 1), look: 'bold' as const }, { text: right(fact, widthOf(fact) + 1) }] },
    ...shown,
    ...blank,
    ...notes,
    row(` ${keys.join('  ')}`, 'dim'),
  ].map((each) => withinWidth(each, room.width));
  const y = rows.findIndex(({ cursor }) => cursor !== undefined);
  const x = rows[y]?.cursor;
  return { rows, cursor: x === undefined ? undefined : { x: Math.min(x, room.width - 1), y } };
}

function withinWidth(each: Row, width: number): Row {
  let room = width;
  const spans = each.spans.map((span) => {
    const text = cut(span.text, room);
    room -= widthOf(text);
    return { ...span, text };
  });
  return { ...each, spans };
}

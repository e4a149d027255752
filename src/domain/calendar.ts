/** A day as `YYYY-MM-DD` in Europe/Stockholm. All day arithmetic is on such strings; no clock is read here (D5). */
export type Day = string;

/** The last day for decisions to come in (R04). */
export const DECISION_DEADLINE: Day = '2026-01-31';

const stockholmDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short' });

/** The day it is in Stockholm at this instant. */
export const dayOf = (instant: Date): Day => stockholmDay.format(instant);

/** Whether the text is a real day written as `YYYY-MM-DD` (2026-02-30 is not). */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** RFC 3339 with Stockholm's offset, to the second: what journals, receipts and JSON carry. */
export function timestamp(instant: Date): string {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'medium' })
    .format(instant)
    .replace(' ', 'T');
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(instant.getTime() / 1000) * 1000) / 60_000);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${local}${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
}

/** "Now" and "today" as arguments. `planning` is true when the operator set the day with `--today`. */
export interface Clock {
  readonly now: () => Date;
  readonly today: () => Day;
  readonly planning: boolean;
}

/** The real clock, or one that is set to a day for planning (`--today`). */
export const clockAt = (setDay?: Day): Clock => ({
  now: () => new Date(),
  today: () => setDay ?? dayOf(new Date()),
  planning: setDay !== undefined,
});

import { usage } from './usage.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `90s`, `10m` or `24h`. Throws `usage` naming the flag. */
export function parseDuration(text: string, flag: string): number {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (!amount || !unit) throw usage('not_a_duration', { given: `${flag} ${text}` });
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

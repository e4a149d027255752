import type { ErrorCode, ErrorFacts } from './domain/operator-error.ts';

/**
 * All Swedish: what the operator sees, what the package says. Every sentence exists once, here.
 * Words: see the list of archive terms in `docs/ordlista.md`. Estimates carry "cirka" or "~"; nothing here names a person.
 */

// --- Numbers, bytes, times ---------------------------------------------------------------------------------------

const numbers = new Intl.NumberFormat('sv-SE');
const oneDecimal = new Intl.NumberFormat('sv-SE', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `1 245 310`, with no-break spaces inside. */
export const formatNumber = (value: number): string => numbers.format(value);

/** `2,1 GB` (10⁹), `24,6 MB`, `12 kB`, `512 byte`: short, for screens. Receipts carry exact bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${numbers.format(bytes)} byte`;
  if (bytes < 1e6) return `${numbers.format(Math.round(bytes / 1e3))} kB`;
  if (bytes < 1e9) return `${oneDecimal.format(bytes / 1e6)} MB`;
  return `${oneDecimal.format(bytes / 1e9)} GB`;
}

/** `3 min 3 s`, `2 h 5 min`. `Intl.DurationFormat` is not in Node 20. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

// --- Areas -------------------------------------------------------------------------------------------------------

// --- Errors: what happened, what it affects, what is safe, what to do ---------------------------------------------

/** The four parts of every error an operator sees. `todo` is a list, the harmless step first. */
export interface ErrorText {
  readonly what: string;
  readonly affects: string;
  readonly safe: string;
  readonly todo: readonly string[];
}

type ErrorTexts = { readonly [code in ErrorCode]?: (facts: ErrorFacts) => ErrorText };

/** Swedish per error code. */
export const errors: ErrorTexts = {};

// --- Package: LASMIG, leveransreversal, bag-info ------------------------------------------------------------------

// --- Screens -----------------------------------------------------------------------------------------------------

// --- Commands ----------------------------------------------------------------------------------------------------

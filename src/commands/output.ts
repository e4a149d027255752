import type { Writable } from 'node:stream';
import { wrapLine } from './wrap-line.ts';

/** Where a command's words go: facts to stdout, everything else to stderr, so that stdout can be piped. */
export interface Output {
  readonly json: boolean;
  /** One line of text for people, which a terminal gets broken at its width; nothing under `--json`. */
  line(text?: string): void;
  /** The same of a table, of paths or of a file's text: never broken. */
  row(text: string): void;
  /** One JSON document or object on a line of its own; nothing without `--json`. */
  object(value: unknown): void;
  /** A remark that is not the result: stderr, unless `-q`. */
  note(text: string): void;
  /** One line of what went wrong: stderr; nothing under `--json`. */
  fault(text: string): void;
}

/** Where words are written; only a terminal says how wide it is. */
export type WordStream = Writable & { readonly columns?: number };

/** Text as it is written to the stream: broken between words at the width of a terminal, else as it is. */
export function fitted(text: string, { columns }: WordStream): string {
  if (!columns) return text;
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns))
    .join('\n');
}

/** An output on these streams. A reader that went away (EPIPE) ends nothing: the work matters more than its words. */
export function outputOn(stdout: WordStream, stderr: WordStream, options: { readonly json: boolean; readonly quiet: boolean }): Output {
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  return {
    json: options.json,
    line(text = '') {
      if (!options.json) stdout.write(`${fitted(text, stdout)}\n`);
    },
    row(text) {
      if (!options.json) stdout.write(`${text}\n`);
    },
    object(value) {
      if (options.json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    note(text) {
      if (!options.quiet) stderr.write(`${fitted(text, stderr)}\n`);
    },
    fault(text) {
      if (!options.json) stderr.write(`${fitted(text, stderr)}\n`);
    },
  };
}

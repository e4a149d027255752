import type { Writable } from 'node:stream';

/** Where a command's words go: facts to stdout, everything else to stderr, so that stdout can be piped. */
export interface Output {
  readonly json: boolean;
  /** One line of text for people; nothing under `--json`. */
  line(text?: string): void;
  /** One JSON document or object on a line of its own; nothing without `--json`. */
  object(value: unknown): void;
  /** A remark that is not the result: stderr, unless `-q`. */
  note(text: string): void;
}

/** An output on these streams. A reader that went away (EPIPE) ends nothing: the work matters more than its words. */
export function outputOn(stdout: Writable, stderr: Writable, options: { readonly json: boolean; readonly quiet: boolean }): Output {
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  return {
    json: options.json,
    line(text = '') {
      if (!options.json) stdout.write(`${text}\n`);
    },
    object(value) {
      if (options.json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    note(text) {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
  };
}

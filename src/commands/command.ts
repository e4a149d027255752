import type { Clock } from '../domain/calendar.ts';
import type { Output } from './output.ts';

/** What every command is given: its arguments, read by the table's rules, and the world it may touch. */
export interface CommandContext {
  /** Positional arguments after the command's own words. */
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly globals: GlobalOptions;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  /** The program's own file and version; a worker is the same file. */
  readonly program: { readonly file: string; readonly version: string };
  /** Login name of whoever runs the program; every act is registered under it. */
  readonly operator: string;
  /** Questions may be asked: stdin and stdout are terminals and `--utan-fragor` was not given. */
  readonly mayAsk: boolean;
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
}

export interface GlobalOptions {
  readonly config: string | undefined;
  readonly today: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
  readonly noColor: boolean;
}

/** Does the command's work and resolves to the exit code; rejects with `OperatorError` for what the operator can mend. */
export type Command = (context: CommandContext) => Promise<number>;

/** The text option with this name, or `undefined`. */
export const textOption = (context: CommandContext, name: string): string | undefined => {
  const value = context.options[name];
  return typeof value === 'string' ? value : undefined;
};

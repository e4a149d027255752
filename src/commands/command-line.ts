import { type ParseArgsConfig, parseArgs } from 'node:util';
import { isDay } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { GlobalOptions } from './command.ts';
import { COMMANDS, type CommandEntry, GLOBAL_OPTIONS } from './command-table.ts';

export interface CommandLine {
  readonly entry: CommandEntry | undefined;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly globals: GlobalOptions;
  readonly noQuestions: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** The words before the first flag name the command: two words are tried before one, so `beslut satt` wins over `beslut`. */
function findEntry(positionals: readonly string[]): CommandEntry | undefined {
  return COMMANDS.find(({ name }) => name === positionals.slice(0, 2).join(' ')) ?? COMMANDS.find(({ name }) => name === positionals[0]);
}

function parse(argv: readonly string[], options: NonNullable<ParseArgsConfig['options']>, strict: boolean) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's English sentence ends in a hint about `--`; the flag in quotes is all that an operator needs.
    throw new OperatorError('usage', { given: /'([^']+)'/.exec(error.message)?.[1] ?? argv.join(' ') }, error);
  }
}

/**
 * Reads the arguments after `node main.js` by the command table.
 * Throws `usage` for an unknown command, flag or number of arguments, and for a `--today` that is no day.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  // The command decides which flags take a value, so it is looked for before the line is read strictly.
  const everyOption = Object.assign({}, GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options));
  const entry = findEntry(parse(argv, everyOption, false).positionals);
  const { values, positionals } = parse(argv, { ...GLOBAL_OPTIONS, ...entry?.options }, true);
  const help = values.help === true;
  if (!entry && positionals.length > 0 && !help) throw new OperatorError('usage', { given: positionals.join(' ') });
  const args = positionals.slice(entry?.name.split(' ').length ?? 0);
  if (entry && !help && (args.length < entry.arguments.least || args.length > entry.arguments.most)) {
    throw new OperatorError('usage', { given: positionals.join(' '), command: entry.name });
  }
  const today = values.today as string | undefined;
  if (today !== undefined && !isDay(today)) throw new OperatorError('usage', { given: `--today ${today}` });
  return {
    entry,
    args,
    options: values as CommandLine['options'],
    globals: {
      config: values.config as string | undefined,
      today,
      json: values.json === true,
      yes: values.ja === true,
      quiet: values.quiet === true,
      verbose: values.verbose === true,
      ascii: values.ascii === true,
      noColor: values['no-color'] === true,
    },
    noQuestions: values['utan-fragor'] === true || values['no-input'] === true,
    help,
    version: values.version === true,
  };
}

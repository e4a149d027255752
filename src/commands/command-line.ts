import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../domain/nearest.ts';
import type { OperatorError } from '../domain/operator-error.ts';
import { commands, oneOf } from '../text.ts';
import type { GlobalOptions } from './command.ts';
import { COMMANDS, type CommandEntry, GLOBAL_OPTIONS } from './command-table.ts';
import { usage, verifyDay } from './usage.ts';

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

type Options = NonNullable<ParseArgsConfig['options']>;

const parse = (argv: readonly string[], options: Options, strict: boolean) =>
  parseArgs({ args: [...argv], options, allowPositionals: true, strict });

/** Reads the line by the flags of its command. Throws `usage` for a flag that it does not have, and for a value too many or too few. */
function parseStrictly(argv: readonly string[], options: Options, entry: CommandEntry | undefined) {
  try {
    return parse(argv, options, true);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's English sentence ends in a hint about `--`; the flag in quotes is all that an operator needs.
    const quoted = /'([^']+)'/.exec(error.message)?.[1] ?? argv.join(' ');
    const given = quoted.replace(/ <value>$/, '').replace(/^-\w, /, '');
    const about = { given, ...(entry && { command: entry.name }) };
    if ((error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
      throw usage(options[given.replace(/^-+/, '')]?.type === 'boolean' ? 'flag_with_value' : 'flag_without_value', about, error);
    const meant = nearest(given.replace(/^-+/, ''), Object.keys(options));
    throw usage('unknown_flag', { ...about, ...(meant && { nearest: `--${meant}` }) }, error);
  }
}

function unknownCommand(positionals: readonly string[]): OperatorError {
  const [first = ''] = positionals;
  const given = positionals.join(' ');
  const known = COMMANDS.filter(({ internal }) => !internal).map(({ name }) => name);
  const further = known.filter((name) => name.startsWith(`${first} `)).map((name) => name.slice(first.length + 1));
  if (further.length > 0) return usage('half_command', { given, expected: oneOf(further) });
  const meant = nearest(first, known) ?? nearest(positionals.slice(0, 2).join(' '), known);
  return usage('unknown_command', { given, ...(meant && { nearest: meant }) });
}

/** Throws `usage` for an argument that is missing or one too many, by its name in the help. */
function verifyArguments(
  { name, arguments: { least, most } }: CommandEntry,
  positionals: readonly string[],
  args: readonly string[],
): void {
  const about = { given: positionals.join(' '), command: name };
  const names = commands[name]?.usage.split(' --')[0]?.match(/\p{Lu}{2,}/gu) ?? [];
  if (args.length < least) throw usage('missing_argument', { ...about, argument: names[args.length] ?? '' });
  if (args.length > most) throw usage('surplus_argument', { ...about, argument: names[0] ?? '', surplus: args.slice(most).join(' ') });
}

/**
 * Reads the arguments after `node main.js` by the command table.
 * Throws `usage` for an unknown command, flag or number of arguments, and for a `--today` that is no day.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  // The command decides which flags take a value, so it is looked for before the line is read strictly.
  const everyOption = Object.assign({}, GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options));
  const loose = parse(argv, everyOption, false);
  const entry = findEntry(loose.positionals);
  if (!entry && loose.positionals.length > 0 && loose.values.help !== true) throw unknownCommand(loose.positionals);
  const { values, positionals } = parseStrictly(argv, { ...GLOBAL_OPTIONS, ...entry?.options }, entry);
  const help = values.help === true;
  const args = positionals.slice(entry?.name.split(' ').length ?? 0);
  if (entry && !help) verifyArguments(entry, positionals, args);
  const today = values.today as string | undefined;
  if (today !== undefined) verifyDay('--today', today);
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

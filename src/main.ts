#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CommandContext } from './commands/command.ts';
import { type CommandLine, parseCommandLine } from './commands/command-line.ts';
import { reportError } from './commands/error-report.ts';
import { helpText } from './commands/help.ts';
import { fitted, type Output, outputOn } from './commands/output.ts';
import { clockAt } from './domain/calendar.ts';

// The composition root: arguments to command, signals to one AbortSignal, the result to an exit code. The only process.exit.

const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const programVersion = (): string => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

function contextFor(line: CommandLine, output: Output, signal: AbortSignal): CommandContext {
  return {
    args: line.args,
    options: line.options,
    globals: line.globals,
    clock: clockAt(line.globals.today),
    env: process.env,
    output,
    program: { file: fileURLToPath(import.meta.url), version: programVersion() },
    operator: userInfo().username,
    mayAsk: process.stdin.isTTY && process.stdout.isTTY && !line.noQuestions,
    signal,
  };
}

async function run(output: Output, line: CommandLine, signal: AbortSignal): Promise<number> {
  if (line.version) {
    process.stdout.write(`sminet-leverans ${programVersion()}\n`);
    return 0;
  }
  if (line.help) {
    process.stdout.write(fitted(helpText(line.entry), process.stdout));
    return 0;
  }
  if (line.entry) return (await line.entry.load()).run(contextFor(line, output, signal));
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(fitted(helpText(undefined), process.stderr));
    return 2;
  }
  const { run: wizard } = await import('./commands/wizard.ts');
  return wizard(contextFor(line, output, signal));
}

async function main(argv: readonly string[]): Promise<number> {
  const stopping = new AbortController();
  let exitBySignal: number | undefined;
  for (const [name, code] of Object.entries(SIGNAL_EXIT)) {
    process.on(name, () => {
      // The second one leaves at once: what must survive is in the journals already.
      if (exitBySignal !== undefined) process.exit(code);
      exitBySignal = code;
      stopping.abort();
    });
  }
  let output = outputOn(process.stdout, process.stderr, { json: argv.includes('--json'), quiet: false });
  try {
    const line = parseCommandLine(argv);
    output = outputOn(process.stdout, process.stderr, line.globals);
    const code = await run(output, line, stopping.signal);
    return exitBySignal ?? code;
  } catch (error) {
    return exitBySignal ?? reportError(error, output);
  }
}

process.exitCode = await main(process.argv.slice(2));
// What was written to a pipe is still on its way; the exit waits for it, and for nothing else.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));

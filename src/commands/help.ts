import { commands, help } from '../text.ts';
import { COMMANDS, type CommandEntry } from './command-table.ts';

const usageOf = (name: string): string => `sminet-leverans ${name} ${commands[name]?.usage ?? ''}`.trimEnd();

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The help of one command, or of the whole program; ends with a line break. */
export function helpText(entry: CommandEntry | undefined): string {
  const specific = entry && commands[entry.name];
  if (entry && specific) {
    const details = specific.details ? ['', `${help.options}:`, ...indent(specific.details)] : [];
    return [usageOf(entry.name), '', `  ${specific.summary}`, ...details, '', help.region, ''].join('\n');
  }
  const names = COMMANDS.filter(({ internal }) => !internal).map(({ name }) => name);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return [
    help.title,
    '',
    `${help.usage}:`,
    ...indent([help.wizard, help.command]),
    '',
    `${help.commands}:`,
    ...indent(names.map((name) => `${name.padEnd(width)}${commands[name]?.summary ?? ''}`)),
    '',
    `${help.options}:`,
    ...indent(help.global),
    '',
    help.region,
    help.contact,
    '',
    `${help.exits}:`,
    ...indent(help.exitCodes),
    '',
  ].join('\n');
}

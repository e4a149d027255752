import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/commands/command-line.ts';
import { COMMANDS } from '../../src/commands/command-table.ts';
import { commands } from '../../src/text.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));
const refused = (line: string) => {
  try {
    parse(line);
  } catch (error) {
    return (error as { facts: { given: string } }).facts.given;
  }
  return undefined;
};

describe('the command line', () => {
  it('two words name a command before one does, and flags may stand anywhere', () => {
    expect(parse('beslut satt 12 3 --val bevara')).toMatchObject({
      entry: { name: 'beslut satt' },
      args: ['12', '3'],
      options: { val: 'bevara' },
    });
    expect(parse('--json status skane')).toMatchObject({ entry: { name: 'status' }, args: ['skane'], globals: { json: true } });
    expect(parse('--config x.json leverera --bekrafta y 12 --ny')).toMatchObject({
      entry: { name: 'leverera' },
      args: ['12'],
      options: { bekrafta: 'y', ny: true },
      globals: { config: 'x.json' },
    });
    expect(parse('vardnyckel ta-bort 12')).toMatchObject({ entry: { name: 'vardnyckel ta-bort' }, args: ['12'] });
  });

  it('nothing is the wizard; --help and --version need no arguments', () => {
    expect(parse('')).toMatchObject({ entry: undefined, help: false, version: false });
    expect(parse('--version')).toMatchObject({ entry: undefined, version: true });
    expect(parse('-h')).toMatchObject({ entry: undefined, help: true });
    expect(parse('leverera --help')).toMatchObject({ entry: { name: 'leverera' }, help: true });
    expect(parse('nonsens -h')).toMatchObject({ entry: undefined, help: true });
  });

  it('short and long names of a flag are one', () => {
    expect(parse('leverera 12 -n').options.torrkorning).toBe(true);
    expect(parse('leverera 12 --dry-run').options['dry-run']).toBe(true);
    expect(parse('status -q -v').globals).toMatchObject({ quiet: true, verbose: true });
    expect([parse('status --utan-fragor').noQuestions, parse('status --no-input').noQuestions, parse('status').noQuestions]).toEqual([
      true,
      true,
      false,
    ]);
    expect(parse('--ascii').globals).toMatchObject({ ascii: true });
  });

  it.each([
    ['levrera 12', 'levrera 12'],
    ['beslut', 'beslut'],
    ['status --jsn', '--jsn'],
    ['status --bekrafta x', '--bekrafta'],
    ['leverera', 'leverera'],
    ['leverera 12 13', 'leverera 12 13'],
    ['leverera 12 --bekrafta', '--bekrafta <value>'],
    ['info 12', 'info 12'],
    ['status --today i-dag', '--today i-dag'],
    ['status --today 2026-02-30', '--today 2026-02-30'],
  ])('%s is usage, and names %s', (line, given) => {
    expect(refused(line)).toBe(given);
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'usage', exitCode: 2 }));
  });

  it("every command has its Swedish usage and summary, and every text a command; the worker is nobody's to start", () => {
    const shown = COMMANDS.filter(({ internal }) => !internal).map(({ name }) => name);
    expect([...shown].sort()).toEqual(Object.keys(commands).sort());
    expect(COMMANDS.filter(({ internal }) => internal).map(({ name }) => name)).toEqual(['arbetare']);
  });
});

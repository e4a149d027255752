import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/commands/command-line.ts';
import { COMMANDS } from '../../src/commands/command-table.ts';
import type { OperatorError } from '../../src/domain/operator-error.ts';
import { commands, errorText } from '../../src/text.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));
const refusal = (line: string) => {
  try {
    parse(line);
  } catch (error) {
    return errorText(error as OperatorError);
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
    ['levrera 12', 'Det finns inget kommando levrera 12.', 'Menade du leverera?'],
    ['belsut satt 12 1', 'Det finns inget kommando belsut satt 12 1.', 'Menade du beslut satt?'],
    ['nonsens --bekrafta x', 'Det finns inget kommando nonsens.', 'Se sminet-leverans --help'],
    ['arbetar 12', 'Det finns inget kommando arbetar 12.', 'Se sminet-leverans --help'],
    ['beslut', 'Kommandot beslut ska följas av satt eller visa.', 'Se sminet-leverans --help'],
    ['vardnyckel', 'Kommandot vardnyckel ska följas av visa, lita eller ta-bort.', 'Se sminet-leverans --help'],
    ['status --jsn', 'Kommandot status har ingen flagga --jsn.', 'Menade du --json?'],
    ['status --bekrafta x', 'Kommandot status har ingen flagga --bekrafta.', 'Se sminet-leverans status --help'],
    ['leverera', 'Kommandot leverera saknar REGION.', '12, skane eller "Region Skåne"'],
    ['beslut satt 12 --val bevara', 'Kommandot beslut satt saknar OMRÅDE.', 'Skriv områdets nummer, 1 till 7.'],
    ['verifiera', 'Kommandot verifiera saknar MAPP.', 'Skriv sökvägen till mappen med paketet.'],
    ['leverera 12 13', 'Kommandot leverera har ett argument för mycket: 13.', '"Region Skåne"'],
    ['status Region Skåne', 'Kommandot status har ett argument för mycket: Skåne.', '"Region Skåne"'],
    ['info 12', 'Kommandot info har ett argument för mycket: 12.', 'Se sminet-leverans info --help'],
    ['leverera 12 --bekrafta', 'Flaggan --bekrafta ska följas av ett värde.', 'Se sminet-leverans leverera --help'],
    ['leverera 12 --bekrafta --ny', 'Flaggan --bekrafta ska följas av ett värde.', 'Se sminet-leverans leverera --help'],
    ['leverera 12 --torrkorning=ja', 'Flaggan --torrkorning har inget värde.', 'Se sminet-leverans leverera --help'],
    ['status --today imorgon', '--today imorgon: värdet ska vara ett datum, ÅÅÅÅ-MM-DD, till exempel 2026-02-01.', 'Se sminet-leverans'],
    [
      'status --today 2026-02-30',
      '--today 2026-02-30: värdet ska vara ett datum, ÅÅÅÅ-MM-DD, till exempel 2026-02-01.',
      'Se sminet-leverans',
    ],
  ])('%s is usage, and names what is wrong and what is right', (line, what, todo) => {
    expect(refusal(line)?.what).toBe(what);
    expect(refusal(line)?.todo.join(' ')).toContain(todo);
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'usage', exitCode: 2 }));
  });

  it("every command has its Swedish usage and summary, and every text a command; the worker is nobody's to start", () => {
    const shown = COMMANDS.filter(({ internal }) => !internal).map(({ name }) => name);
    expect([...shown].sort()).toEqual(Object.keys(commands).sort());
    expect(COMMANDS.filter(({ internal }) => internal).map(({ name }) => name)).toEqual(['arbetare']);
  });
});

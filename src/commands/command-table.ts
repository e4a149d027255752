import type { ParseArgsConfig } from 'node:util';
import type { Command } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** One command. Its Swedish usage and summary are in `text.commands`, by the same name. */
export interface CommandEntry {
  readonly name: string;
  /** Positionals that must be there, and how many may be. */
  readonly arguments: { readonly least: number; readonly most: number };
  readonly options: Options;
  /** Not in `--help`: processes of our own start it. */
  readonly internal?: true;
  readonly load: () => Promise<{ readonly run: Command }>;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const none = {};

const entry = (name: string, least: number, most: number, options: Options, load: CommandEntry['load'], internal?: true): CommandEntry => ({
  name,
  arguments: { least, most },
  options,
  load,
  internal,
});

/** Every command. A command's module is loaded only when it runs, so that `--help` and `status` stay quick. */
export const COMMANDS: readonly CommandEntry[] = [
  entry('kontrollera', 0, 1, none, () => import('./kontrollera.ts')),
  entry('info', 0, 0, none, () => import('./info.ts')),
  entry('omraden', 0, 0, none, () => import('./omraden.ts')),
  entry(
    'beslut satt',
    2,
    2,
    {
      val: text,
      datum: text,
      beslutsfattare: text,
      dnr: text,
      inkom: text,
      'ny-frist': text,
      patientkort: text,
      'rapport-uttagen': text,
      plan: text,
      brev: text,
      kommentar: text,
    },
    () => import('./beslut-satt.ts'),
  ),
  entry('beslut visa', 0, 1, none, () => import('./beslut-visa.ts')),
  entry('uppskatta', 0, 1, { exakt: flag }, () => import('./uppskatta.ts')),
  entry(
    'leverera',
    1,
    1,
    { bekrafta: text, torrkorning: { type: 'boolean', short: 'n' }, 'dry-run': flag, forgrund: flag, ny: flag, 'max-offline': text },
    () => import('./leverera.ts'),
  ),
  entry('folj', 1, 1, none, () => import('./folj.ts')),
  entry('pausa', 1, 1, none, () => import('./pausa.ts')),
  entry('fortsatt', 1, 1, none, () => import('./fortsatt.ts')),
  entry('stoppa', 1, 1, none, () => import('./stoppa.ts')),
  entry('kvitton', 0, 1, none, () => import('./kvitton.ts')),
  entry(
    'kvittera',
    1,
    1,
    { mottaget: text, av: text, dnr: text, fil: text, avvikelse: text, manifest: text },
    () => import('./kvittera.ts'),
  ),
  entry('gallringsunderlag', 0, 1, { per: text, csv: flag }, () => import('./gallringsunderlag.ts')),
  entry('status', 0, 1, { csv: flag }, () => import('./status.ts')),
  entry('vardnyckel visa', 1, 1, none, () => import('./vardnyckel.ts').then(({ show }) => ({ run: show }))),
  entry('vardnyckel lita', 1, 1, { fingeravtryck: text }, () => import('./vardnyckel.ts').then(({ trust }) => ({ run: trust }))),
  entry('vardnyckel ta-bort', 1, 1, none, () => import('./vardnyckel.ts').then(({ forget }) => ({ run: forget }))),
  entry('verifiera', 1, 1, none, () => import('./verifiera.ts')),
  entry('rensa', 1, 1, none, () => import('./rensa.ts')),
  entry('arbetare', 1, 1, { bekrafta: text, ny: flag, 'max-offline': text }, () => import('./arbetare.ts'), true),
];

/** Flags that are accepted anywhere on the line. */
export const GLOBAL_OPTIONS = {
  config: text,
  today: text,
  json: flag,
  'utan-fragor': flag,
  'no-input': flag,
  ja: flag,
  quiet: { type: 'boolean', short: 'q' },
  verbose: { type: 'boolean', short: 'v' },
  'no-color': flag,
  ascii: flag,
  help: { type: 'boolean', short: 'h' },
  version: flag,
} as const satisfies Options;

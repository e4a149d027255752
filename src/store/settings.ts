import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, posix, resolve } from 'node:path';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Target } from '../domain/target.ts';
import { problemOf, settingsSchema } from './settings-schema.ts';
import { isMissing } from './shared-files.ts';

/** The settings, with every default filled in and every local path absolute. */
export interface Settings {
  readonly file: string;
  readonly state: string;
  readonly staging: string;
  readonly twoPerson: boolean;
  readonly source: { readonly sminet2: string; readonly epiark?: string; readonly bilagor?: string } | undefined;
  /** By länskod. A region without a target can be exported but not sent (R31). */
  readonly targets: Readonly<Record<string, Target>>;
  /** Where each setting came from, by its dotted key; `file` is the settings file itself (`info`). */
  readonly origins: Readonly<Record<string, SettingOrigin>>;
}

export type SettingOrigin = 'flag' | 'env' | 'file' | 'default';

export interface SettingsPlace {
  /** `--config`. */
  readonly configFlag?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the settings: `--config`, `SMINET_CONFIG`, `$XDG_CONFIG_HOME/sminet-leverans/config.json`, `/etc/sminet-leverans/config.json`.
 * A file that was named but is not there is an error: going on to the next would send by other settings than the operator meant.
 * Throws `settings_missing`, `settings_invalid` (with file and key), `path_too_long`, `permission_local`.
 */
export function loadSettings(place: SettingsPlace): Settings {
  const home = place.env.HOME ?? homedir();
  const { file, origin, content } = findFile(place, home);
  const raw = parse(file, content);
  const result = settingsSchema.safeParse(raw);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => problemOf(issue, raw));
    // A key that is misspelt is also one that is missing: the misspelling is what there is to mend.
    const first = problems.find(({ problem }) => problem === 'unknown_key') ?? problems[0];
    throw new OperatorError('settings_invalid', { file, ...first, more: problems.length - 1 });
  }
  const { state, staging, twoPerson, source, targets } = result.data;
  const local = (path: string) => resolve(dirname(file), path.replace(/^~(?=\/|$)/, home));

  const settings: Settings = {
    file,
    state: local(state),
    staging: local(staging),
    twoPerson,
    source: source && { ...source, bilagor: source.bilagor && local(source.bilagor) },
    targets: Object.fromEntries(
      Object.entries(targets as Record<string, Target>).map(([code, target]) => [
        code,
        { ...target, privateKey: target.privateKey && local(target.privateKey) },
      ]),
    ),
    origins: { file: origin, ...originsOf(result.data, raw) },
  };
  verifySocketPaths(settings.state);
  verifySeparateTargets(settings);
  return settings;
}

// conf would make the folder and could write the file back; this file is the administrator's, and is only ever read.
function findFile({ configFlag, env }: SettingsPlace, home: string): { file: string; origin: SettingOrigin; content: string } {
  const xdg = env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, '.config');
  const places: [SettingOrigin, string][] = configFlag
    ? [['flag', resolve(configFlag)]]
    : env.SMINET_CONFIG
      ? [['env', resolve(env.SMINET_CONFIG)]]
      : [xdg, '/etc'].map((folder) => ['default', join(folder, 'sminet-leverans', 'config.json')]);
  for (const [origin, file] of places) {
    try {
      return { file, origin, content: readFileSync(file, 'utf8') };
    } catch (error) {
      if (!isMissing(error)) throw localError(error, file);
    }
  }
  throw new OperatorError('settings_missing', { files: places.map(([, file]) => file).join(', ') });
}

function parse(file: string, content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The parser's own message quotes the file, passwords and all: only the place is taken from it.
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? content.length);
    const line = content.slice(0, position).split('\n').length;
    throw new OperatorError('settings_invalid', { file, key: '', problem: 'not_json', line, more: 0 });
  }
}

/** Every leaf of the finished settings: from the file if it stands there, else a default. */
function originsOf(value: object, raw: unknown, prefix = ''): Record<string, SettingOrigin> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => {
      const given = (raw as Record<string, unknown> | undefined)?.[key];
      return typeof inner === 'object' && inner !== null
        ? originsOf(inner, given, `${prefix}${key}.`)
        : { [prefix + key]: given === undefined ? 'default' : 'file' };
    }),
  );
}

/** Node 20 cuts a socket's path at 108 bytes without a word, and two long paths could become one. */
const LONGEST_SOCKET_PATH = 107;

function verifySocketPaths(state: string): void {
  const longest = Buffer.byteLength(join(state, 'run', '12', 'w.9999.sock'));
  if (longest > LONGEST_SOCKET_PATH) {
    throw new OperatorError('path_too_long', { path: state, bytes: Buffer.byteLength(state), tooMany: longest - LONGEST_SOCKET_PATH });
  }
}

/** D16: two regions may not have one receiver. */
function verifySeparateTargets({ file, targets }: Settings): void {
  const seen = new Map<string, string>();
  for (const [code, { host, port, username, path }] of Object.entries(targets).sort()) {
    const receiver = JSON.stringify([host.toLowerCase(), port, username, posix.join(path, '/')]);
    const other = seen.get(receiver);
    if (other) throw new OperatorError('settings_invalid', { file, key: `targets.${code}`, problem: 'same_target', other, more: 0 });
    seen.set(receiver, code);
  }
}

/** A database URL as it may be shown: user, host and database, never the password. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  shown.searchParams.delete('password');
  return shown.href;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { loadSettings, withoutPassword } from '../../src/store/settings.ts';
import { errorText } from '../../src/text.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'settings-'));
  file = join(dir, 'config.json');
});
afterEach(() => rmSync(dir, { recursive: true }));

const TARGET = { host: 'sftp.example', username: 'skane', path: '/in' };
const HOST_KEY = `SHA256:${'a'.repeat(43)}`;

const load = (settings: unknown) => {
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return loadSettings({ configFlag: file, env: { HOME: dir } });
};

const errorOf = (settings: unknown): OperatorError => {
  try {
    load(settings);
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
};

const MINIMAL = { state: 'läge', staging: '/srv/paket' };

describe('settings', () => {
  it('fills in every default, and makes local paths absolute from the file’s folder or the home folder', () => {
    const settings = load({
      ...MINIMAL,
      source: { sminet2: 'postgresql://las@db/sminet2', bilagor: '../bilagor' },
      targets: { '12': { ...TARGET, privateKey: '~/.ssh/id_ed25519' } },
    });
    expect(settings).toMatchObject({
      file,
      state: join(dir, 'läge'),
      staging: '/srv/paket',
      twoPerson: false,
      source: { sminet2: 'postgresql://las@db/sminet2', bilagor: join(dir, '..', 'bilagor') },
    });
    expect(settings.targets).toEqual({
      '12': { ...TARGET, port: 22, verify: 'auto', modes: {}, dialect: DEFAULT_DIALECT, privateKey: join(dir, '.ssh/id_ed25519') },
    });
  });

  it('R31: needs neither a target nor a source', () => {
    expect(load(MINIMAL)).toMatchObject({ targets: {}, source: undefined });
  });

  it('D10: merges a region’s dialect with the default', () => {
    const { targets } = load({ ...MINIMAL, targets: { '01': { ...TARGET, dialect: { delimiter: '\t', lineTerminator: '\r\n' } } } });
    expect(targets['01']?.dialect).toEqual({ ...DEFAULT_DIALECT, delimiter: '\t', lineTerminator: '\r\n' });
  });

  it('tells where each setting came from', () => {
    const { origins } = load({ ...MINIMAL, targets: { '12': { ...TARGET, dialect: { bom: true } } } });
    expect(origins).toMatchObject({
      file: 'flag',
      state: 'file',
      twoPerson: 'default',
      'targets.12.host': 'file',
      'targets.12.port': 'default',
      'targets.12.dialect.bom': 'file',
      'targets.12.dialect.encoding': 'default',
    });
  });

  it('a misspelt key is told before the one that it leaves missing, with the nearest that there is', () => {
    const error = errorOf({ state: 'a', stagign: 'b' });
    expect(error).toMatchObject({ code: 'settings_invalid', facts: { key: 'stagign', nearest: 'staging', more: 1 } });
    const inTarget = errorOf({ ...MINIMAL, targets: { '12': { ...TARGET, dialect: { delimeter: ',' } } } });
    expect(inTarget).toMatchObject({ facts: { key: 'targets.12.dialect.delimeter', nearest: 'delimiter' } });
    const foreign = errorOf({ ...MINIMAL, source: { sminet2: 'postgresql://h/d', losenord: 'x' } });
    expect(foreign).toMatchObject({ facts: { key: 'source.losenord', nearest: '', allowed: 'sminet2, epiark, bilagor' } });
  });

  it.each([
    ['staging is missing', { state: 'a' }, 'staging', 'missing'],
    ['an unknown key', { ...MINIMAL, stagging: 'x' }, 'stagging', 'unknown_key'],
    ['an unknown key of a target', { ...MINIMAL, targets: { '12': { ...TARGET, password: 'x' } } }, 'targets.12.password', 'unknown_key'],
    [
      'R30 a protocol, since SFTP is the only one',
      { ...MINIMAL, targets: { '12': { ...TARGET, protocol: 'ftps' } } },
      'targets.12.protocol',
      'unknown_key',
    ],
    ['a target by name', { ...MINIMAL, targets: { skane: TARGET } }, 'targets.skane', 'unknown_region'],
    ['a länskod that is not in use', { ...MINIMAL, targets: { '02': TARGET } }, 'targets.02', 'unknown_region'],
    ['a port as text', { ...MINIMAL, targets: { '12': { ...TARGET, port: '22' } } }, 'targets.12.port', 'wrong_type'],
    ['a port that does not exist', { ...MINIMAL, targets: { '12': { ...TARGET, port: 65536 } } }, 'targets.12.port', 'out_of_range'],
    ['an unknown way to verify', { ...MINIMAL, targets: { '12': { ...TARGET, verify: 'none' } } }, 'targets.12.verify', 'not_one_of'],
    ['an empty host', { ...MINIMAL, targets: { '12': { ...TARGET, host: '' } } }, 'targets.12.host', 'text'],
    ['a cut fingerprint', { ...MINIMAL, targets: { '12': { ...TARGET, hostKey: 'SHA256:abc' } } }, 'targets.12.hostKey', 'host_key'],
    [
      'a mode that is not octal',
      { ...MINIMAL, targets: { '12': { ...TARGET, modes: { file: '0698' } } } },
      'targets.12.modes.file',
      'mode',
    ],
    ['another database', { ...MINIMAL, source: { sminet2: 'mysql://db' } }, 'source.sminet2', 'database_url'],
    [
      'a NULL that looks like a quote',
      { ...MINIMAL, targets: { '12': { ...TARGET, dialect: { nullToken: '"' } } } },
      'targets.12.dialect.nullToken',
      'null_token',
    ],
    [
      'a BOM in Latin 1',
      { ...MINIMAL, targets: { '12': { ...TARGET, dialect: { bom: true, encoding: 'iso-8859-1' } } } },
      'targets.12.dialect.bom',
      'bom_latin1',
    ],
    ['a list', [], '', 'wrong_type'],
  ])('names the file and the key in Swedish: %s', (_, settings, key, problem) => {
    const error = errorOf(settings);
    expect(error).toMatchObject({ code: 'settings_invalid', facts: { file, key, problem, more: 0 } });
    const { what, todo } = errorText(error);
    expect(what).toContain(key);
    expect(what).not.toContain('undefined');
    expect(todo.join(' ')).toContain(file);
  });

  it('counts what else is wrong', () => {
    expect(errorOf({ targets: { '12': { port: 0 } } }).facts).toMatchObject({ key: 'state', more: 5 });
  });

  it('gives the line of broken JSON, and never what stands there', () => {
    const error = errorOf('{\n  "state": "a",\n  "source": { "sminet2": "postgresql://las:hemligt@db" x\n}');
    expect(error).toMatchObject({ code: 'settings_invalid', facts: { problem: 'not_json', line: 3 } });
    expect(`${error.stack}${JSON.stringify(error.facts)}${error.cause}`).not.toContain('hemligt');
  });

  it('D16: two regions may not have one receiver', () => {
    const targets = { '01': { ...TARGET, port: 2022 }, '12': { ...TARGET, host: 'SFTP.example' }, '13': { ...TARGET, path: '/in/' } };
    const error = errorOf({ ...MINIMAL, targets });
    expect(error).toMatchObject({ code: 'settings_invalid', facts: { key: 'targets.13', problem: 'same_target', other: '12' } });
    expect(Object.keys(load({ ...MINIMAL, targets: { ...targets, '13': { ...TARGET, path: '/in/13' } } }).targets)).toHaveLength(3);
  });

  it('a state folder whose sockets would get too long a path is refused, to the byte', () => {
    const room = 107 - '/run/12/w.9999.sock'.length;
    const fits = `/${'å'.repeat((room - 1) / 2)}${'a'.repeat((room - 1) % 2)}`;
    expect(Buffer.byteLength(fits)).toBe(room);
    expect(load({ ...MINIMAL, state: fits }).state).toBe(fits);
    expect(errorOf({ ...MINIMAL, state: `${fits}a` })).toMatchObject({ code: 'path_too_long', facts: { tooMany: 1 } });
  });

  it('accepts a pinned host key and a password in the URL', () => {
    const settings = load({
      ...MINIMAL,
      source: { sminet2: 'postgresql://las:hemligt@db/sminet2' },
      targets: { '12': { ...TARGET, hostKey: HOST_KEY } },
    });
    expect(settings.targets['12']?.hostKey).toBe(HOST_KEY);
    expect(withoutPassword(settings.source?.sminet2 ?? '')).toBe('postgresql://las@db/sminet2');
    expect(withoutPassword('postgresql://db/s?password=hemligt&sslmode=require')).toBe('postgresql://db/s?sslmode=require');
  });
});

describe('where the settings are found', () => {
  const place = (...folders: string[]) => {
    const folder = join(dir, ...folders, 'sminet-leverans');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(MINIMAL));
    return join(folder, 'config.json');
  };

  it('the flag, then the environment, then the user’s own folder', () => {
    const [xdg, home] = [place('xdg'), place('.config')];
    writeFileSync(file, JSON.stringify(MINIMAL));
    const env = { HOME: dir, XDG_CONFIG_HOME: join(dir, 'xdg'), SMINET_CONFIG: file };
    expect(loadSettings({ configFlag: home, env })).toMatchObject({ file: home, origins: { file: 'flag' } });
    expect(loadSettings({ env })).toMatchObject({ file, origins: { file: 'env' } });
    expect(loadSettings({ env: { ...env, SMINET_CONFIG: undefined } })).toMatchObject({ file: xdg, origins: { file: 'default' } });
    expect(loadSettings({ env: { HOME: dir } }).file).toBe(home);
  });

  it('a file that was named but is not there is never passed over', () => {
    place('.config');
    const missing = join(dir, 'saknas.json');
    for (const named of [{ configFlag: missing, env: { HOME: dir } }, { env: { HOME: dir, SMINET_CONFIG: missing } }]) {
      expect(() => loadSettings(named)).toThrow(expect.objectContaining({ code: 'settings_missing', facts: { files: missing } }));
    }
  });

  it('says every place that was looked in', () => {
    expect(() => loadSettings({ env: { HOME: dir } })).toThrow(
      expect.objectContaining({
        code: 'settings_missing',
        facts: { files: `${join(dir, '.config/sminet-leverans/config.json')}, /etc/sminet-leverans/config.json` },
      }),
    );
  });
});

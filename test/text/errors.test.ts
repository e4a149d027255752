import { describe, expect, it } from 'vitest';
import { type ErrorCode, type ErrorFacts, EXIT_CODES, OperatorError } from '../../src/domain/operator-error.ts';
import {
  decisionProblems,
  deliveriesInstead,
  errorLines,
  errorText,
  gateConditions,
  pathProblems,
  receiptProblems,
  settingProblems,
  sourceFindings,
  stateProblems,
  usageProblems,
} from '../../src/text.ts';

const TARGET = { host: 'sftp.example', port: 22, username: 'skane', path: '/in' };
const PLACE = {
  file: '/etc/sminet-leverans/config.json',
  key: 'targets.12.port',
  allowed: 'number',
  nearest: 'host',
  line: 3,
  other: '13',
  path: '/in',
  more: 2,
};
const FILE = { path: '/s/regions/12.json', line: 4, revision: 3, audited: 5, region: '12' };
const FINDING = {
  view: 'omrade5_anvandarloggar',
  column: 'tid',
  type: 'money',
  rows: 2,
  role: 'las',
  found: 160,
  expected: 164,
  region: '12',
  minutes: 90,
  limit: 1600,
};

/** A delivery that was cut at its publishing. */
const AT_PUBLISHING = { region: '12', delivery: '12_skane_2026-11-22-1', publishing: 'ja' };

/** What each error is thrown with, the facts that decide its sentence first. */
const THROWN: Readonly<Record<ErrorCode, readonly ErrorFacts[]>> = {
  usage: [
    ...Object.keys(usageProblems).map((problem) => ({
      ...{ problem, given: 'levrera 12', nearest: 'leverera', expected: 'satt eller visa' },
      ...{ command: 'status', surplus: '13', argument: 'REGION' },
    })),
    { problem: 'unknown_flag', given: '--jsn' },
  ],
  answer_missing: [{ flag: '--val' }, { flag: '--bekrafta NAMN', asks: 'ja' }],
  unknown_region: [{ given: '02' }],
  unknown_area: [{ given: '8' }],
  decision_invalid: Object.keys(decisionProblems).map((problem) => ({
    field: 'date',
    problem,
    more: 0,
    today: '2026-11-22',
    proposed: '2026-09-06',
    longest: 200,
  })),
  confirmation_mismatch: [{ region: 'Region Skåne', code: '12', slug: 'skane' }],
  receipt_invalid: Object.keys(receiptProblems).map((problem) => ({ problem })),
  export_incomplete: [
    { views: 'omrade1_fall, omrade7_kliniska_anmalningar', code: 'value_unmappable', view: 'omrade1_fall', key: '5100001', column: 'namn' },
  ],
  paused: [{ region: '12', delivery: '12_skane_2026-11-22-1' }, AT_PUBLISHING],
  abandoned: [{ region: '12', delivery: '12_skane_2026-11-22-1' }, AT_PUBLISHING],
  worker_died: [{ region: '12' }],
  decisions_incomplete: [{ region: 'Region Skåne', areas: '3, 7' }],
  decisions_changed: ['ja', 'nej', 'kanske'].map((finished) => ({
    finished,
    delivery: '12_skane_2026-11-22-1',
    region: '12',
    bag: 'SMINET2_12_skane_2026-11-22-1',
  })),
  planning_clock: [{}],
  revision_conflict: [
    { region: 'Region Skåne', by: 'bo', at: '2026-11-22T12:00:00+01:00', areas: '3' },
    { region: 'Region Skåne', by: 'bo', at: '2026-11-22T12:00:00+01:00', areas: '' },
  ],
  nothing_to_deliver: [{ region: 'Region Skåne' }],
  no_delivery: [
    { region: 'Region Skåne' },
    ...Object.keys(deliveriesInstead).map((state) => ({
      ...{ region: 'Region Skåne', code: '12', state, bag: 'SMINET2_12_skane_2026-11-22-1', at: '2026-11-22T12:00:00+01:00' },
      ...(state === 'failed' && { ...TARGET, error: 'sftp_down', reason: 'ECONNREFUSED' }),
    })),
  ],
  delivery_running: [{ region: 'Region Skåne', code: '12' }],
  settings_missing: [{ files: '/home/anna/.config/sminet-leverans/config.json' }],
  settings_invalid: Object.keys(settingProblems).map((problem) => ({ ...PLACE, problem })),
  host_key_in_settings: [{ code: '12', file: '/etc/sminet-leverans/config.json' }],
  target_missing: [{ region: 'Region Skåne', code: '12', file: '/etc/sminet-leverans/config.json' }],
  state_unmarked: [{ path: '/srv/annat' }],
  state_corrupt: Object.keys(stateProblems).map((problem) => ({ ...FILE, problem })),
  path_invalid: Object.keys(pathProblems).map((problem) => ({ path: '/srv/brev.pdf', problem })),
  path_too_long: [{ path: '/s', bytes: 90, tooMany: 12 }],
  worker_failed: [{ log: '/s/run/12/worker.log' }],
  locked: [
    { region: '12', by: 'anna', host: 'värd', since: '2026-11-22T12:00:00+01:00', pid: 7 },
    { region: '12' },
    { region: '12', by: '', host: '', since: '', pid: 0 },
    { region: '12', silent: 'ja' },
  ],
  state_busy: [{ path: '/s/locks/12', pid: 7, host: 'värd' }],
  database_down: [{ database: 'sminet2' }],
  database_login: [{ database: 'sminet2', sqlstate: '28P01' }],
  database_stalled: [{ database: 'sminet2' }],
  contract_broken: [...Object.keys(sourceFindings).map((reason) => ({ ...FINDING, reason })), { database: 'sminet2', sqlstate: '42P01' }],
  view_unknown: [{ view: 'omrade8_annat' }],
  value_unsupported: [FINDING],
  value_unmappable: [
    { view: 'omrade4_intressenter', key: '5100001', column: 'namn' },
    { view: 'omrade4_intressenter', key: '', column: 'Ł' },
  ],
  rows_mismatch: [FINDING],
  export_failed: [{ database: 'sminet2', sqlstate: '22012' }],
  attachment_unreadable: [
    'size',
    'sha256',
    'no_content',
    'no_directory',
    'missing',
    'outside',
    'unreadable',
    'no_key',
    'no_diarienummer',
    'no_name',
    'no_size',
  ].map((reason) => ({
    nr: 3,
    others: 2,
    reason,
    expected: 10,
    found: 9,
  })),
  sftp_down: ['ECONNREFUSED', 'stalled', 'closed', 'size'].flatMap((reason) => [
    { ...TARGET, reason },
    { ...TARGET, reason, nothingSent: 'ja' },
  ]),
  sftp_login: ['refused', 'agent', 'no_credentials', 'key_unreadable', 'key_invalid', 'passphrase_missing', 'passphrase_wrong'].map(
    (reason) => ({
      ...TARGET,
      reason,
      key: '~/.ssh/id_ed25519',
    }),
  ),
  sftp_failed: [
    ...['algorithms', 'folder_missing', 'no_dotted_folder', 'no_folder_rename', 'no_rename', 'rename_refused', 'outcome_unknown'].map(
      (reason) => ({
        ...TARGET,
        reason,
        bag: 'SMINET2_12_skane_2026-11-22-1',
      }),
    ),
    { ...TARGET, reason: 'status', operation: 'open', status: 4 },
    { ...TARGET, reason: 'published_wrong', bag: 'SMINET2_12_skane_2026-11-22-1', file: 'data/omrade1_fall.csv' },
    { reason: 'foreign_file', file: 'data/omrade1_fall.csv' },
    { reason: 'surplus_files', files: 2, folder: '/in/.SMINET2_12.part' },
  ],
  host_key_unknown: [{ ...TARGET, seen: 'SHA256:a' }],
  host_key_revoked: [{ ...TARGET, seen: 'SHA256:b' }],
  host_key_changed: ['known_hosts', 'settings', 'answer'].map((keyIn) => ({ ...TARGET, seen: 'SHA256:a', pinned: 'SHA256:b', keyIn })),
  checksum_mismatch: [{ file: 'data/omrade1_fall.csv' }],
  staged_file_unreadable: [{ file: 'data/omrade1_fall.csv', reason: 'EIO' }],
  staged_file_changed: [{ file: 'data/omrade1_fall.csv' }],
  target_changed: [{ region: 'Region Skåne', delivery: '12_skane_2026-11-22-1' }, TARGET],
  dialect_changed: [{ region: 'Region Skåne', code: '12', delivery: '12_skane_2026-11-22-1' }],
  journal_damaged: [
    { path: '/s/deliveries/d/journal.jsonl', line: 3 },
    { path: '/s/deliveries/d/transfer.jsonl', line: 3, publishing: 'ja' },
  ],
  local_disk_full: [{ path: '/srv', needed: 100_000_000, free: 5_000_000 }, { path: '/srv' }],
  remote_disk_full: [
    { ...TARGET, needed: 100_000_000, free: 5_000_000 },
    { ...TARGET, needed: 100_000_000 },
    { ...TARGET, needed: 100_000_000, nothingSent: 'ja' },
  ],
  permission_local: [{ path: '/s' }],
  permission_remote: ['mkdir', 'lstat', 'fstat'].map((operation) => ({ ...TARGET, operation })),
  bag_exists: [{ ...TARGET, bag: 'SMINET2_12_skane_2026-11-22-1' }],
  bag_invalid: [{ path: '/in/b', problems: 2 }],
  another_person: [
    { region: 'Region Skåne', by: 'anna' },
    { region: 'Region Skåne', by: '' },
  ],
  stopped: [{}, AT_PUBLISHING],
};

const cases = (Object.keys(EXIT_CODES) as ErrorCode[]).flatMap((code) => THROWN[code].map((facts) => [code, facts] as const));

/** Text that is ready to be read: whole sentences, composed letters, nothing left out. */
function expectReadable(text: string): void {
  expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  expect(text).not.toMatch(/ {2}| [.,:](?: |$)|\(\)|\n/);
  expect(text).toBe(text.trim());
  expect(text).toBe(text.normalize('NFC'));
}

describe('what an operator is told', () => {
  it.each(cases)('%s %j: four parts, whole and readable', (code, facts) => {
    const text = errorText(new OperatorError(code, facts));
    for (const part of [text.what, text.affects, text.safe]) {
      expectReadable(part);
      expect(part).toMatch(/^\S.*[.!)]$|: [^ ]+$/u);
    }
    expect(text.todo.length).toBeGreaterThan(0);
    for (const step of text.todo) expectReadable(step);
  });

  it('every command that is suggested is one that there is', async () => {
    const { COMMANDS } = await import('../../src/commands/command-table.ts');
    const names = COMMANDS.map(({ name }) => name);
    for (const [code, facts] of cases) {
      for (const step of errorText(new OperatorError(code, facts)).todo) {
        for (const [, command = ''] of step.matchAll(/sminet-leverans ([a-zåäö]+(?: (?:satt|visa|lita|ta-bort)\b)?)/g)) {
          expect(
            names.some((name) => name === command),
            `${code}: ${command}`,
          ).toBe(true);
        }
      }
    }
  });

  it('as lines: what happened first, the exit code last', () => {
    const error = new OperatorError('decisions_incomplete', { region: 'Region Skåne', areas: '7' });
    expect(errorLines(errorText(error), error.exitCode)).toEqual([
      'Fel: Region Skåne har inte beslutat om alla sju områden. Beslut saknas för 7.',
      '  Påverkar: Leveransen startades inte. Ett saknat beslut räknas aldrig som godkänd gallring.',
      '  Orört:    Inget har exporterats eller skickats.',
      '  Gör så här: Registrera regionens beslut med sminet-leverans beslut satt, eller i guiden.',
      '  Felkod 4.',
    ]);
  });

  it.each(Object.entries(gateConditions))('the gate: %s', (_, sentence) => {
    expectReadable(
      sentence({
        date: '2031-09-06',
        sminet3_start: '2031-09-06',
        last_log: '2031-09-03',
        registeredAt: '2026-11-22T12:00:00+01:00',
        view: 'omrade1_fall',
        delivered: 3,
        now: 4,
        act: 'decision',
        minutes: 90,
        rows: 2,
      }),
    );
  });
});

describe('every text there is', () => {
  it('is composed (NFC), and has no letters left from another keyboard', async () => {
    const text: Record<string, unknown> = await import('../../src/text.ts');
    const strings: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value === 'string') strings.push(value);
      else if (Array.isArray(value)) value.forEach(collect);
      else if (value && typeof value === 'object') Object.values(value).forEach(collect);
    };
    Object.values(text).forEach(collect);
    expect(strings.length).toBeGreaterThan(500);
    for (const one of strings) {
      expect(one).toBe(one.normalize('NFC'));
      expect(one).not.toMatch(/[\u0300-\u036f\ufffd]|Ã|â€/u);
    }
  });
});

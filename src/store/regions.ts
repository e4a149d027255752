import { hostname } from 'node:os';
import type { AreaId } from '../domain/areas.ts';
import type { AuditAct, AuditEntry } from '../domain/audit-entry.ts';
import { timestamp } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { emptyRecord, type RegionRecord } from '../domain/region-record.ts';
import { REGIONS, regionOf } from '../domain/regions.ts';
import { appendAudit, verifyAudit } from './audit.ts';
import { discardRecord, preparedRecord, prepareRecord, publishRecord, readRecord, recordSha256 } from './region-file.ts';
import { syncFolder } from './shared-files.ts';
import { withLock } from './short-lock.ts';
import type { StateFolder } from './state-folder.ts';

/** Who changes a region, and what the audit log says of it. */
export interface RegionChange {
  /** What the operator saw; another revision on disk is `revision_conflict` (D12). Left out, the change applies to whatever is there. */
  readonly expectedRevision?: number;
  readonly act: AuditAct;
  readonly operator: string;
  /** When the act was registered, RFC 3339: the very text that the decision, hold or kvittens carries as `registeredAt`. */
  readonly at?: string;
  readonly area?: AreaId;
  readonly delivery?: string;
  readonly facts?: AuditEntry['facts'];
}

/** What the audit log says of the regions' changes, oldest first; after a bad line it says nothing. */
interface Changes {
  readonly intact: boolean;
  readonly firstBadLine?: number;
  readonly of: (code: string) => readonly AuditEntry[];
}

/**
 * One region as it is on disk; a region that nobody has touched is an empty record. Takes no lock and writes nothing.
 * Throws `state_corrupt` when file and audit log do not agree: a file that is gone, damaged, changed by hand or restored from an older copy (N19).
 */
export const readRegion = async (state: StateFolder, code: string): Promise<RegionRecord> => settled(state, code, await changesOf(state));

/** What reads any region, by länskod, as `readRegion` does, for who reads many: the audit log is verified once. */
export async function regionReader(state: StateFolder): Promise<(code: string) => Promise<RegionRecord>> {
  const changes = await changesOf(state);
  return (code) => settled(state, code, changes);
}

/**
 * Changes one region: reads it again under its short lock, compares the revision, writes the audit line and then the file.
 * Killed at any instant, the change is either wholly there or not at all after the next start.
 * Throws `revision_conflict` with who changed what meanwhile, `state_corrupt`, `state_busy`, `local_disk_full`, `permission_local`.
 */
export function changeRegion(
  state: StateFolder,
  code: string,
  { expectedRevision, at = timestamp(new Date()), ...act }: RegionChange,
  change: (record: RegionRecord) => RegionRecord,
): Promise<RegionRecord> {
  return withLock(`${state.locks}/${code}`, async () => {
    await finish(state, code);
    const changes = await changesOf(state);
    const record = await settled(state, code, changes);
    if (expectedRevision !== undefined && record.revision !== expectedRevision) {
      throw conflict(code, changes.of(code).slice(expectedRevision));
    }
    const next = { ...change(record), revision: record.revision + 1 };
    prepareRecord(state.regions, next);
    await syncFolder(state.regions);
    const entry = { at, host: hostname(), ...act, region: code, revision: next.revision, record: recordSha256(next) };
    await appendAudit(state, entry);
    publishRecord(state.regions, code);
    await syncFolder(state.regions);
    return next;
  });
}

/** At a start: finishes the changes that a crash left between audit line and file. A command that only reads does not call it. */
export async function reconcile(state: StateFolder): Promise<void> {
  for (const { code } of REGIONS) {
    if (preparedRecord(state.regions, code)) await withLock(`${state.locks}/${code}`, () => finish(state, code));
  }
}

/** Puts a prepared record in place when the audit log says that it was registered; one that it does not know never happened. */
async function finish(state: StateFolder, code: string): Promise<void> {
  const prepared = preparedRecord(state.regions, code);
  if (!prepared) return;
  const changes = await changesOf(state);
  if (!changes.intact) return;
  if (changes.of(code).at(-1)?.record === recordSha256(prepared)) publishRecord(state.regions, code);
  else discardRecord(state.regions, code);
  await syncFolder(state.regions);
}

async function changesOf(state: StateFolder): Promise<Changes> {
  const { entries, ...report } = await verifyAudit(state);
  return { ...report, of: (code) => entries.filter(({ region, record }) => region === code && record !== undefined) };
}

/**
 * The region's file, when it is what the audit log says. A change that is under way right now shows as the record before it.
 * A broken log can contradict nothing: a file that is there may be read, the gate is closed (D8), and nobody can change anything.
 */
async function settled(state: StateFolder, code: string, known: Changes): Promise<RegionRecord> {
  let changes = known;
  for (let before: string | undefined; ; changes = await changesOf(state)) {
    const record = readRecord(state.regions, code);
    if (!changes.intact) {
      if (record) return record;
      throw new OperatorError('state_corrupt', { problem: 'audit', path: state.audit, line: changes.firstBadLine ?? 0 });
    }
    const entries = changes.of(code);
    const last = entries.at(-1);
    const sha256 = record && recordSha256(record);
    if (sha256 === last?.record) return record ?? emptyRecord(code);
    const prepared = preparedRecord(state.regions, code);
    if (prepared && recordSha256(prepared) === last?.record && sha256 === entries.at(-2)?.record) return record ?? emptyRecord(code);
    // A change that passed between our readings has moved the log, the file or both; what differs in the same way twice is no such change.
    const seen = `${sha256} ${last?.record}`;
    if (seen === before) throw new OperatorError('state_corrupt', contradiction(state, code, record, last));
    before = seen;
  }
}

function contradiction(state: StateFolder, code: string, record: RegionRecord | undefined, last: AuditEntry | undefined) {
  const revision = record?.revision ?? 0;
  const audited = last?.revision ?? 0;
  const problem = !record ? 'missing' : revision < audited ? 'older' : revision > audited ? 'newer' : 'changed';
  return { problem, path: `${state.regions}/${code}.json`, region: code, revision, audited };
}

function conflict(code: string, meanwhile: readonly AuditEntry[]): OperatorError {
  const last = meanwhile.at(-1);
  const areas = [...new Set(meanwhile.flatMap(({ area }) => area ?? []))].sort();
  return new OperatorError('revision_conflict', {
    region: regionOf(code).name,
    by: [...new Set(meanwhile.map(({ operator }) => operator))].join(', '),
    at: last?.at ?? '',
    areas: areas.join(', '),
  });
}

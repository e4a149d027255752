import { AREAS, type AreaId } from '../../src/domain/areas.ts';
import type { AuditEntry } from '../../src/domain/audit-entry.ts';
import { type Decision, deliversPart } from '../../src/domain/decision.ts';
import type { DeliverySummary, Kvittens, Receipt } from '../../src/domain/delivery-record.ts';
import { emptyRecord, type RegionRecord } from '../../src/domain/region-record.ts';

export const MANIFEST = 'a'.repeat(64);

export const decision = (area: AreaId, answer: Decision['answer'], more: Partial<Decision> = {}): Decision => ({
  area,
  answer,
  date: '2025-11-12',
  decidedBy: 'Regionarkivnämnden',
  dnr: `RS 2025-${area}`,
  ...(answer === 'langre_frist' ? { newEnd: '2036-12-31' } : {}),
  ...(area === 2 && answer !== 'gallra' ? { cards: { choice: 'levereras', reportTaken: 'nej' } } : {}),
  registeredBy: 'åsa',
  registeredAt: `2026-01-2${area}T10:00:00+01:00`,
  ...more,
});

export const recordOf = (decisions: readonly Decision[], more: Partial<RegionRecord> = {}): RegionRecord => ({
  ...emptyRecord('12'),
  revision: decisions.length,
  decisions,
  ...more,
});

/** Every delivered view has as many rows as its area's number. */
export const receiptOf = (decisions: readonly Decision[], more: Partial<Receipt> = {}): Receipt => ({
  version: 1,
  delivery: 'd1',
  region: '12',
  bag: 'SMINET2_12_skane_2026-11-20-1',
  remotePath: '/in/SMINET2_12_skane_2026-11-20-1',
  target: { host: 'sftp.example', port: 22, username: 'skane', path: '/in', hostKey: 'SHA256:x', realPath: '/in' },
  operator: 'åsa',
  startedAt: '2026-11-20T10:00:00+01:00',
  publishedAt: '2026-11-20T10:05:00+01:00',
  areas: decisions.map(({ area }) => area),
  decisions,
  snapshotAt: '2026-11-20T10:00:01+01:00',
  tables: decisions.flatMap((decided) =>
    (AREAS[decided.area - 1]?.files ?? [])
      .filter(({ part }) => deliversPart(decided, part))
      .map(({ view }) => ({ view, area: decided.area, rows: decided.area, bytes: 100, sha256: 'b'.repeat(64) })),
  ),
  attachments: { count: 0, bytes: 0 },
  undistributed: [],
  files: 1,
  bytes: 100,
  rows: 1,
  bytesSent: 100,
  bytesResent: 0,
  contentVerified: true,
  verification: 'full',
  notes: [],
  manifestSha256: MANIFEST,
  tagManifestSha256: 'c'.repeat(64),
  auditHead: 'd'.repeat(64),
  ...more,
});

export const deliveryOf = (decisions: readonly Decision[], more: Partial<DeliverySummary> = {}): DeliverySummary => ({
  id: 'd1',
  region: '12',
  bag: 'SMINET2_12_skane_2026-11-20-1',
  areas: decisions.filter(({ answer }) => answer !== 'gallra').map(({ area }) => area),
  decisions,
  startedAt: '2026-11-20T10:00:00+01:00',
  stage: 'publish',
  outcome: 'done',
  receipt: receiptOf(decisions.filter(({ answer }) => answer !== 'gallra')),
  ...more,
});

export const kvittensOf = (more: Partial<Kvittens> = {}): Kvittens => ({
  delivery: 'd1',
  receivedOn: '2026-11-21',
  receivedBy: 'Regionarkivet',
  registeredBy: 'björn',
  registeredAt: '2026-11-21T09:00:00+01:00',
  ...more,
});

/** The audit lines of everything in a record and its deliveries. */
export const auditOf = (record: RegionRecord, deliveries: readonly DeliverySummary[]): AuditEntry[] => [
  ...record.decisions.map(
    ({ area, registeredAt, registeredBy }): AuditEntry => ({
      act: 'decision',
      area,
      at: registeredAt,
      operator: registeredBy,
      host: 'h',
      region: '12',
    }),
  ),
  ...deliveries.map(
    ({ id, receipt }): AuditEntry => ({
      act: 'published',
      delivery: id,
      at: '2026-11-20T10:05:00+01:00',
      operator: 'åsa',
      host: 'h',
      region: '12',
      facts: { manifestSha256: receipt?.manifestSha256 ?? '' },
    }),
  ),
  ...record.receipts.map(
    ({ delivery, registeredAt, registeredBy }): AuditEntry => ({
      act: 'receipt',
      delivery,
      at: registeredAt,
      operator: registeredBy,
      host: 'h',
      region: '12',
    }),
  ),
];

/** What the source holds when nothing has changed since `receiptOf`. */
export const ROWS: ReadonlyMap<string, number> = new Map(AREAS.flatMap(({ id, files }) => files.map(({ view }) => [view, id] as const)));

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AREAS } from '../../src/domain/areas.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { DeliverySummary } from '../../src/domain/delivery-record.ts';
import { type GateInputs, gateFor, undistributedGate } from '../../src/domain/gate.ts';
import type { RegionRecord } from '../../src/domain/region-record.ts';
import { gateConditions } from '../../src/text.ts';
import { auditOf, decision, deliveryOf, kvittensOf, MANIFEST, ROWS, receiptOf, recordOf } from './sample-delivery.ts';

const inputsOf = (record: RegionRecord, deliveries: readonly DeliverySummary[] = [], more: Partial<GateInputs> = {}): GateInputs => ({
  record,
  deliveries,
  today: '2026-11-22',
  sourceRows: ROWS,
  audit: { intact: true, entries: auditOf(record, deliveries) },
  clockSkewMs: 0,
  ...more,
});

const codes = (area: Decision['area'], inputs: GateInputs) => gateFor(area, inputs).unmet.map(({ code }) => code);

/** Area 3 kept, delivered, verified and acknowledged: an open gate, which each test closes in its own way. */
const KEPT = [decision(3, 'bevara')];
const OPEN = recordOf(KEPT, { receipts: [kvittensOf()] });
const DELIVERED = [deliveryOf(KEPT)];

describe('gate: dates', () => {
  it.each(AREAS.filter(({ id }) => id < 5 || id === 7))(
    'R14: area $id is closed on 2026-09-05 and its date is met on 2026-09-06',
    ({ id }) => {
      const record = recordOf([decision(id, 'gallra')]);
      expect(codes(id, inputsOf(record, [], { today: '2026-09-05' }))).toEqual(['date_not_reached']);
      expect(gateFor(id, inputsOf(record, [], { today: '2026-09-06' }))).toEqual({ allowed: true, unmet: [] });
    },
  );

  it.each([5, 6] as const)('R15, R16, R60, R66, D4: area %i is closed through 2031-09-05, and says both dates', (area) => {
    const record = recordOf([decision(area, 'gallra')]);
    for (const today of ['2026-09-06', '2031-09-03', '2031-09-04', '2031-09-05']) {
      const { unmet } = gateFor(area, inputsOf(record, [], { today }));
      expect(unmet.map(({ code }) => code)).toEqual(['date_not_reached']);
      expect(gateConditions.date_not_reached(unmet[0]?.facts ?? {})).toMatch(/2031-09-06.*2031-09-03.*2031-09-06, gäller/);
    }
    expect(gateFor(area, inputsOf(record, [], { today: '2031-09-06' })).allowed).toBe(true);
  });

  it('R14: the date rules for all three answers', () => {
    for (const answer of ['gallra', 'bevara', 'langre_frist'] as const) {
      const decisions = [decision(3, answer)];
      const record = recordOf(decisions, { receipts: [kvittensOf()] });
      expect(codes(3, inputsOf(record, [deliveryOf(decisions)], { today: '2026-09-05' }))).toEqual(['date_not_reached']);
      expect(codes(3, inputsOf(record, [deliveryOf(decisions)], { today: '2026-09-06' }))).toEqual([]);
    }
  });
});

describe('gate: decisions', () => {
  it('R20: never opens for an area without a decision, whatever else is true', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...AREAS.map(({ id }) => id)),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2999-01-01'), noInvalidDate: true }),
        (area, date) => {
          const others = AREAS.filter(({ id }) => id !== area).map(({ id }) => decision(id, 'gallra'));
          const gate = gateFor(area, inputsOf(recordOf(others), DELIVERED, { today: date.toISOString().slice(0, 10) }));
          expect(gate.allowed).toBe(false);
          expect(gate.unmet.map(({ code }) => code)).toContain('undecided');
        },
      ),
    );
  });

  it('D8: gallra needs all three facts', () => {
    for (const missing of [{ dnr: undefined }, { decidedBy: '' }, { date: '' }]) {
      expect(codes(3, inputsOf(recordOf([decision(3, 'gallra', missing)])))).toEqual(['gallra_facts_missing']);
    }
  });

  it('D8: a hold closes its own area and no other', () => {
    const holds = [{ area: 3, reason: 'r', registeredBy: 'åsa', registeredAt: '2026-11-01T10:00:00+01:00' }] as const;
    const record = recordOf([decision(3, 'gallra'), decision(4, 'gallra')], { holds });
    expect(codes(3, inputsOf(record))).toEqual(['hold']);
    expect(codes(4, inputsOf(record))).toEqual([]);
  });

  it('T35: a new decision rules at once, and the old one is kept', () => {
    const record = recordOf([
      decision(3, 'gallra'),
      decision(3, 'bevara', { date: '2026-02-01', registeredAt: '2026-02-02T10:00:00+01:00' }),
    ]);
    expect(codes(3, inputsOf(record))).toEqual(['not_delivered']);
    const back = recordOf([...record.decisions, decision(3, 'gallra', { registeredAt: '2026-03-02T10:00:00+01:00' })]);
    expect(codes(3, inputsOf(back))).toEqual([]);
    expect(back.decisions).toHaveLength(3);
  });
});

describe('gate: delivered areas', () => {
  it('D8: opens when everything is met', () => {
    expect(gateFor(3, inputsOf(OPEN, DELIVERED))).toEqual({ allowed: true, unmet: [] });
  });

  it('R19: stays closed until delivered, verified and acknowledged', () => {
    const unanswered = recordOf(KEPT);
    expect(codes(3, inputsOf(unanswered))).toEqual(['not_delivered']);
    for (const outcome of ['running', 'paused', 'cut', 'failed', 'stopped'] as const) {
      expect(codes(3, inputsOf(OPEN, [deliveryOf(KEPT, { outcome, stage: 'verify' })]))).toEqual(['not_delivered']);
    }
    const unverified = [deliveryOf(KEPT, { receipt: receiptOf(KEPT, { contentVerified: false, verification: 'ack' }) })];
    expect(codes(3, inputsOf(unanswered, unverified))).toEqual(['not_verified', 'not_acknowledged']);
    expect(codes(3, inputsOf(OPEN, unverified))).toEqual(['not_verified']);
    expect(codes(3, inputsOf(unanswered, DELIVERED))).toEqual(['not_acknowledged']);
  });

  it('D8: on a write-only account the region’s own check counts, if it names this very bag', () => {
    const unverified = [deliveryOf(KEPT, { receipt: receiptOf(KEPT, { contentVerified: false, verification: 'ack' }) })];
    const answered = (more: Parameters<typeof kvittensOf>[0]) => inputsOf(recordOf(KEPT, { receipts: [kvittensOf(more)] }), unverified);
    expect(codes(3, answered({ manifestSha256: MANIFEST }))).toEqual([]);
    expect(codes(3, answered({ manifestSha256: 'f'.repeat(64) }))).toEqual(['not_verified', 'manifest_mismatch']);
    expect(codes(3, answered({ manifestSha256: MANIFEST, deviation: 'en fil saknas' }))).toEqual(['not_verified', 'deviation']);
  });

  it('D8: a deviation closes until a later kvittens has none', () => {
    const receipts = [kvittensOf({ deviation: 'en fil saknas' })];
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts }), DELIVERED))).toEqual(['deviation']);
    const mended = [...receipts, kvittensOf({ registeredAt: '2026-11-22T09:00:00+01:00' })];
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts: mended }), DELIVERED))).toEqual([]);
  });

  it('D8: another manifest in the kvittens closes, even when we verified the content', () => {
    const receipts = [kvittensOf({ manifestSha256: 'f'.repeat(64) })];
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts }), DELIVERED))).toEqual(['manifest_mismatch']);
  });

  it('D8: rows that came or went after the delivery close, by view', () => {
    const decisions = [decision(1, 'bevara')];
    const record = recordOf(decisions, { receipts: [kvittensOf()] });
    const sourceRows = new Map([...ROWS, ['omrade1_fall', 2]]);
    expect(gateFor(1, inputsOf(record, [deliveryOf(decisions)], { sourceRows })).unmet).toEqual([
      { code: 'rows_changed', facts: { view: 'omrade1_fall', delivered: 1, now: 2 } },
    ]);
    expect(codes(1, inputsOf(record, [deliveryOf(decisions)], { sourceRows: 'unreachable' }))).toEqual(['source_unreachable']);
    expect(codes(1, inputsOf(record, [deliveryOf(decisions)], { sourceRows: new Map() }))).toEqual([
      'source_unreachable',
      'source_unreachable',
    ]);
  });

  it('D8: gallra rests on nothing delivered, so the source may be down', () => {
    expect(codes(3, inputsOf(recordOf([decision(3, 'gallra')]), [], { sourceRows: 'unreachable', clockSkewMs: undefined }))).toEqual([]);
  });

  it('D2: a diarienummer that came after the delivery asks for no new one; another decision does', () => {
    const before = [decision(3, 'bevara', { dnr: undefined })];
    const later = (more: Partial<Decision>) =>
      inputsOf(recordOf([...before, decision(3, 'bevara', { registeredAt: 'senare', ...more })], { receipts: [kvittensOf()] }), [
        deliveryOf(before),
      ]);
    expect(codes(3, later({}))).toEqual([]);
    expect(codes(3, later({ date: '2026-02-01' }))).toEqual(['not_delivered']);
    expect(codes(3, later({ answer: 'langre_frist', newEnd: '2036-12-31' }))).toEqual(['not_delivered']);
  });

  it('D14: of two deliveries the one that meets the conditions counts', () => {
    const again = deliveryOf(KEPT, { id: 'd2', receipt: receiptOf(KEPT, { delivery: 'd2' }) });
    expect(codes(3, inputsOf(OPEN, [...DELIVERED, again]))).toEqual([]);
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts: [kvittensOf({ delivery: 'd2' })] }), [...DELIVERED, again]))).toEqual([]);
  });

  it('D8 D14: a later delivery with other content, as many rows or not, closes until it is acknowledged itself', () => {
    const tables = receiptOf(KEPT).tables.map((table) => ({ ...table, sha256: 'e'.repeat(64) }));
    const changed = deliveryOf(KEPT, { id: 'd2', receipt: receiptOf(KEPT, { delivery: 'd2', tables }) });
    expect(codes(3, inputsOf(OPEN, [...DELIVERED, changed]))).toEqual(['not_acknowledged']);
    const receipts = [kvittensOf(), kvittensOf({ delivery: 'd2' })];
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts }), [...DELIVERED, changed]))).toEqual([]);
    expect(codes(3, inputsOf(OPEN, [...DELIVERED, { ...changed, outcome: 'stopped' }]))).toEqual([]);
  });

  it('D8 D14: a deviation that the region finds in a later delivery of the area closes, and one of other areas does not', () => {
    const receipts = [kvittensOf(), kvittensOf({ delivery: 'd2', deviation: 'en fil saknas' })];
    const again = (decisions: readonly Decision[]) =>
      deliveryOf(decisions, { id: 'd2', receipt: receiptOf(decisions, { delivery: 'd2' }) });
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts }), [...DELIVERED, again(KEPT)]))).toEqual(['deviation']);
    expect(codes(3, inputsOf(recordOf(KEPT, { receipts }), [...DELIVERED, again([decision(4, 'bevara')])]))).toEqual([]);
  });
});

describe('gate: area 2', () => {
  const cards = { choice: 'gallras', reportTaken: 'ja' } as const;
  const notes = [decision(2, 'bevara', { cards })];

  it('D3: cards that may be disposed of need the three facts, and the notes must be delivered', () => {
    const record = recordOf(notes, { receipts: [kvittensOf()] });
    expect(codes(2, inputsOf(record, [deliveryOf(notes)]))).toEqual([]);
    expect(codes(2, inputsOf(record))).toEqual(['not_delivered']);
    const without = [decision(2, 'bevara', { cards, dnr: undefined })];
    expect(codes(2, inputsOf(recordOf(without, { receipts: [kvittensOf()] }), [deliveryOf(without)]))).toEqual(['gallra_facts_missing']);
  });

  it('D3: a receipt without the cards does not cover a decision that wants them', () => {
    const wanted = [decision(2, 'bevara')];
    const record = recordOf(wanted, { receipts: [kvittensOf()] });
    expect(codes(2, inputsOf(record, [deliveryOf(notes)]))).toEqual(['not_delivered']);
    const receipt = receiptOf(wanted, { tables: receiptOf(notes).tables });
    expect(gateFor(2, inputsOf(record, [deliveryOf(wanted, { receipt })])).unmet).toEqual([
      { code: 'not_delivered', facts: { view: 'omrade2_patientkort' } },
    ]);
  });
});

describe('gate: what it rests on', () => {
  it('N09: a broken audit log closes', () => {
    expect(codes(3, inputsOf(OPEN, DELIVERED, { audit: { intact: false, entries: auditOf(OPEN, DELIVERED) } }))).toEqual(['audit_broken']);
  });

  it('D8: each act must stand in the log: the decision, the publishing, the kvittens', () => {
    const entries = auditOf(OPEN, DELIVERED);
    for (const act of ['decision', 'published', 'receipt'] as const) {
      const audit = { intact: true, entries: entries.filter((entry) => entry.act !== act) };
      expect(gateFor(3, inputsOf(OPEN, DELIVERED, { audit })).unmet.map(({ code, facts }) => [code, facts.act])).toEqual([
        ['act_not_in_audit', act],
      ]);
    }
    const other = entries.map((entry) => (entry.act === 'published' ? { ...entry, facts: { manifestSha256: 'f'.repeat(64) } } : entry));
    expect(codes(3, inputsOf(OPEN, DELIVERED, { audit: { intact: true, entries: other } }))).toEqual(['act_not_in_audit']);
  });

  it('D5: a clock more than an hour from the database’s closes, in either direction', () => {
    for (const clockSkewMs of [3_600_000, -3_600_000]) expect(codes(3, inputsOf(OPEN, DELIVERED, { clockSkewMs }))).toEqual([]);
    for (const clockSkewMs of [3_600_001, -3_600_001]) expect(codes(3, inputsOf(OPEN, DELIVERED, { clockSkewMs }))).toEqual(['clock_skew']);
  });

  it('D6, D7: rows of no region may never be disposed of, not even none of them', () => {
    for (const rows of [0, 17])
      expect(undistributedGate(rows)).toEqual({ allowed: false, unmet: [{ code: 'undistributed', facts: { rows } }] });
  });

  it('says every unmet condition at once, each in Swedish', () => {
    const { unmet } = gateFor(
      1,
      inputsOf(recordOf([]), [], { today: '2026-01-01', audit: { intact: false, entries: [] }, clockSkewMs: 4e6 }),
    );
    expect(unmet.map(({ code }) => code)).toEqual(['date_not_reached', 'undecided', 'audit_broken', 'clock_skew']);
    for (const { code, facts } of unmet) expect(gateConditions[code](facts)).toMatch(/^[A-ZÅÄÖ].*\.$/);
  });
});

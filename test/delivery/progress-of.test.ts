import { describe, expect, it } from 'vitest';
import { type DeliveryRecord, progressOf } from '../../src/delivery/delivery-journal.ts';
import type { ExportedTable } from '../../src/domain/package.ts';

const AT = '2026-11-22T12:00:00+01:00';
const table = (view: string): DeliveryRecord => ({ type: 'table', table: { view, path: `data/${view}.csv` } as ExportedTable });
const started: DeliveryRecord = { type: 'started', at: AT, operator: 'anna', host: 'h', pid: 1 };
const exportStarted: DeliveryRecord = { type: 'export-started', at: AT };
const exported: DeliveryRecord = {
  type: 'exported',
  snapshotAt: AT,
  attachments: { count: 0, bytes: 0 },
  distribution: [],
  withoutChangeLog: [],
};
const sealed = (bag: string): DeliveryRecord => ({ type: 'sealed', bag, tagFiles: [], manifestSha256: 'm', tagManifestSha256: 't' });
const sending: DeliveryRecord = { type: 'sending', at: AT };
const failed: DeliveryRecord = { type: 'failed', at: AT, stage: 'upload', code: 'sftp_down', facts: {} };

const views = (records: readonly DeliveryRecord[]) => progressOf(records).tables.map(({ view }) => view);

describe('where a delivery stands, by its journal', () => {
  it('a stage is what is left to do', () => {
    const whole = [started, exportStarted, table('a'), exported, sealed('b'), sending];
    const stages = whole.map((_, index) => progressOf(whole.slice(0, index + 1)).stage);
    expect(stages).toEqual(['export', 'export', 'export', 'bag', 'upload', 'upload']);
    expect(progressOf([]).stage).toBe('export');
  });

  it('D15: an export that begins again, or was discarded, forgets the one before, its seal and its upload too', () => {
    const cut = [started, exportStarted, table('a'), table('b'), started, exportStarted, table('a')];
    expect(views(cut)).toEqual(['a']);
    expect(progressOf(cut).exported).toBeUndefined();
    const discarded: DeliveryRecord[] = [exportStarted, table('a'), exported, sealed('x'), sending, { type: 'export-discarded', at: AT }];
    expect(progressOf(discarded)).toMatchObject({ tables: [], exported: undefined, sealed: undefined, stage: 'export' });
  });

  it('a bag that was sealed under two names is the last one', () => {
    expect(progressOf([exportStarted, exported, sealed('x-1'), sealed('x-2')]).sealed?.bag).toBe('x-2');
  });

  it('the end is the last word only: who begins again has taken it back', () => {
    expect(progressOf([started, failed]).end).toEqual(failed);
    expect(progressOf([started, failed, started]).end).toBeUndefined();
    expect(progressOf([started, exportStarted]).end).toBeUndefined();
    for (const type of ['paused', 'stopped', 'done'] as const) {
      const end = { type, at: AT, operator: 'anna', receiptSha256: 'r' } as DeliveryRecord;
      expect(progressOf([started, exportStarted, exported, end]).end?.type).toBe(type);
    }
  });
});

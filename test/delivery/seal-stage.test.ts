import { describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../src/delivery/delivery-journal.ts';
import type { DeliveryPlan } from '../../src/delivery/plan.ts';
import { sealStage } from '../../src/delivery/seal-stage.ts';

describe('sealing', () => {
  it('an attachment that was exported and that the journal no longer knows has the export made again, and is in no bag left out (D15)', async () => {
    const at = '2026-02-02T10:00:00+01:00';
    const records: DeliveryRecord[] = [
      { type: 'export-started', at },
      { type: 'exported', snapshotAt: at, attachments: { count: 2, bytes: 2 }, distribution: [], withoutChangeLog: [] },
    ];
    const stage = sealStage({
      plan: { bag: 'SMINET2_12_skane_2026-02-02-1' } as DeliveryPlan,
      dir: '/nowhere',
      records,
      attachments: [{ nr: 1, path: 'data/omrade2_bilagor/1.pdf', bytes: 1, sha256: 'a'.repeat(64) }],
      version: '0',
    });
    await expect(stage.next()).rejects.toMatchObject({ code: 'staged_file_changed' });
  });
});

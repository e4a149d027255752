import { describe, expect, it } from 'vitest';
import { GrowingList } from '../../src/domain/growing-list.ts';
import type { StagedFile } from '../../src/domain/package.ts';
import { Standing } from '../../src/transfer/proof/standing.ts';
import { TransferLog } from '../../src/transfer/remote/transfer-log.ts';
import { MemoryJournal } from '../support/bag-to-send.ts';

const file = (path: string, bytes: number): StagedFile => ({ path, bytes, sha256: 'a'.repeat(64) });

describe('how far a run has come', () => {
  it('a bag that still grows is never as small as what has come of it; a complete one is what it weighs', () => {
    const files = new GrowingList<StagedFile>();
    const standing = new Standing({ files, expectedBytes: 150 }, new TransferLog(new MemoryJournal()));
    expect(standing.totalBytes).toBe(150);
    files.add(file('a', 100));
    expect(standing.totalBytes).toBe(150);
    files.add(file('b', 100));
    expect(standing.totalBytes).toBeGreaterThan(200);
    files.complete();
    expect(standing.totalBytes).toBe(200);
  });

  it('what was there when a file was first met is an earlier run’s work, and afterwards this run’s', () => {
    const a = file('a', 100);
    const standing = new Standing({ files: GrowingList.of([a]), expectedBytes: 0 }, new TransferLog(new MemoryJournal()));
    standing.meet(a, 40);
    standing.meet(a, 90);
    expect(standing.resumedBytes).toBe(40);
  });
});

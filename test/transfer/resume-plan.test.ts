import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalledFile, RemoteFile, ResumePlan } from '../../src/transfer/remote/resume-plan.ts';
import { BLOCK, resumePlan } from '../../src/transfer/remote/resume-plan.ts';

const MiB = 1024 * 1024;
const staged = { bytes: 100 * MiB, sha256: 'a' };
const journal: JournalledFile = { ...staged, acked: 50 * MiB, durable: 40 * MiB, cursor: 54 * MiB, isSent: false };
const file = (size: number): RemoteFile => ({ kind: 'file', size });

interface Row {
  readonly title: string;
  readonly remote: RemoteFile;
  readonly journal?: JournalledFile;
  readonly fsync?: boolean;
  readonly plan: ResumePlan;
}

const rows: readonly Row[] = [
  { title: 'nothing there, nothing known', remote: { kind: 'missing' }, plan: { action: 'restart', resent: 0, remove: false } },
  { title: 'there, but the journal knows nothing', remote: file(7), plan: { action: 'restart', resent: 7, remove: true } },
  { title: 'cut: from D', remote: file(54 * MiB), journal, plan: { action: 'continue', from: 40 * MiB, resent: 14 * MiB, seam: false } },
  {
    title: 'the server has more than the journal says',
    remote: file(58 * MiB),
    journal,
    plan: { action: 'continue', from: 40 * MiB, resent: 18 * MiB, seam: false },
  },
  {
    title: 'page cache lost, D holds (F7)',
    remote: file(41 * MiB),
    journal,
    plan: { action: 'continue', from: 40 * MiB, resent: 14 * MiB, seam: false },
  },
  {
    title: 'less than D: the promise was broken (F7)',
    remote: file(39 * MiB),
    journal,
    plan: { action: 'restart', resent: 54 * MiB, remove: true },
  },
  {
    title: 'removed by somebody (F23)',
    remote: { kind: 'missing' },
    journal,
    plan: { action: 'restart', resent: 54 * MiB, remove: false },
  },
  { title: 'larger than the file (F24)', remote: file(101 * MiB), journal, plan: { action: 'restart', resent: 101 * MiB, remove: true } },
  ...[true, false].map((fsync) => ({
    title: `a server that says no size, ${fsync ? 'with' : 'without'} fsync`,
    remote: file(Number.NaN),
    journal,
    fsync,
    plan: { action: 'restart', resent: 54 * MiB, remove: true } as const,
  })),
  { title: 'a link or a pipe', remote: { kind: 'other' }, journal, plan: { action: 'refuse' } },
  { title: 'sent in full', remote: file(100 * MiB), journal: { ...journal, isSent: true }, plan: { action: 'done' } },
  {
    title: 'sent in full, but shorter now',
    remote: file(99 * MiB),
    journal: { ...journal, isSent: true },
    plan: { action: 'restart', resent: 99 * MiB, remove: true },
  },
  {
    title: 'another content (D15)',
    remote: file(54 * MiB),
    journal: { ...journal, sha256: 'b' },
    plan: { action: 'restart', resent: 54 * MiB, remove: true },
  },
  {
    title: 'without fsync: W, in whole blocks, behind a seam',
    remote: file(54 * MiB),
    journal,
    fsync: false,
    plan: { action: 'continue', from: 48 * MiB, resent: 6 * MiB, seam: true },
  },
  {
    title: 'without fsync the server may have less than W',
    remote: file(17 * MiB),
    journal: { ...journal, durable: 0 },
    fsync: false,
    plan: { action: 'continue', from: 16 * MiB, resent: 38 * MiB, seam: true },
  },
  {
    title: 'nothing durable yet',
    remote: file(5 * MiB),
    journal: { ...journal, acked: 0, durable: 0, cursor: 0 },
    plan: { action: 'restart', resent: 5 * MiB, remove: true },
  },
];

describe('resumePlan', () => {
  it.each(rows)('$title', ({ remote, journal, fsync = true, plan }) => {
    expect(resumePlan({ staged, remote, journal, capabilities: { fsync } })).toEqual(plan);
  });

  it('never goes on beyond what was proven, and counts everything sent beyond that (I6, bytesResent)', () => {
    const size = fc.nat(200 * MiB);
    fc.assert(
      fc.property(size, size, size, size, size, fc.boolean(), fc.boolean(), (bytes, remoteSize, a, b, c, isSent, fsync) => {
        const [durable, acked, cursor] = [a, b, c].map((n) => Math.min(n, bytes)).sort((x, y) => x - y) as [number, number, number];
        const known: JournalledFile = { bytes, sha256: 'a', durable, acked, cursor, isSent };
        const plan = resumePlan({ staged: { bytes, sha256: 'a' }, remote: file(remoteSize), journal: known, capabilities: { fsync } });
        if (plan.action === 'done') expect(isSent && remoteSize === bytes).toBe(true);
        if (plan.action !== 'continue') return;
        expect(plan.from).toBeLessThanOrEqual(fsync ? durable : Math.min(acked, remoteSize));
        expect(plan.from).toBeLessThanOrEqual(remoteSize);
        expect(plan.from + plan.resent).toBe(Math.max(remoteSize, cursor));
        expect(fsync || plan.from % BLOCK === 0).toBe(true);
      }),
    );
  });
});

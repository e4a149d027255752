import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { timestamp } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Distribution, ExportedTable } from '../domain/package.ts';
import type { Snapshot } from '../source/source.ts';
import { exportAttachments } from './export-attachments.ts';
import type { ExportRequest } from './export-request.ts';
import { exportTable } from './export-table.ts';
import { StageProgress } from './stage-progress.ts';
import type { Step } from './step.ts';

/** A second host may hold the region; its lock goes with its connection. */
const LOCK_PATIENCE_MS = 30_000;

async function lockRegion(snapshot: Snapshot, region: string, signal: AbortSignal): Promise<void> {
  const giveUp = performance.now() + LOCK_PATIENCE_MS;
  while (!(await snapshot.lockRegion(region))) {
    if (performance.now() > giveUp) throw new OperatorError('locked', { region, by: 'annan värd' });
    await wait(1_000, undefined, { signal }).catch(() => {
      throw new OperatorError('stopped');
    });
  }
}

/**
 * Writes every table and attachment of the plan to `<dir>/data/` from one snapshot, hashed and counted on the way.
 * Ends with the `exported` record. Throws what the source throws; what was written stays, and the next run begins anew.
 */
export async function* exportStage(request: ExportRequest): AsyncGenerator<Step, void> {
  const { plan, dir, source, signal } = request;
  yield { record: { type: 'export-started', at: timestamp(request.now()) } };
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'data'), { recursive: true });
  const snapshot = await source.snapshot(plan.areas);
  try {
    await lockRegion(snapshot, plan.region, signal);
    const progress = new StageProgress('export', plan.estimate.bytes);
    const tables: ExportedTable[] = [];
    const distribution: Distribution[] = [];
    let attachments = { count: 0, bytes: 0 };
    for (const file of plan.files) {
      distribution.push(await snapshot.distribution(file.view, plan.region));
      if (file.attachments) {
        const exported = yield* exportAttachments({ ...request, snapshot, file, progress });
        tables.push(exported.table);
        attachments = { count: exported.count, bytes: exported.bytes };
      } else {
        tables.push(yield* exportTable({ ...request, snapshot, file, progress }));
      }
      const table = tables.at(-1);
      if (table) {
        yield {
          record: { type: 'table', table },
          event: { type: 'file', stage: 'export', file: table.path, bytes: table.bytes, rows: table.rows, sha256: table.sha256 },
        };
      }
    }
    yield { event: progress.status() };
    yield {
      record: {
        type: 'exported',
        snapshotAt: snapshot.takenAt,
        attachments,
        distribution,
        withoutChangeLog: await snapshot.viewsWithoutChangeLog(),
      },
    };
  } finally {
    await snapshot.close();
  }
}

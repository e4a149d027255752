import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { timestamp } from '../domain/calendar.ts';
import { localError } from '../domain/local-error.ts';
import { type ErrorCode, OperatorError } from '../domain/operator-error.ts';
import type { Distribution } from '../domain/package.ts';
import type { Snapshot } from '../source/source.ts';
import { makeFolders } from '../store/shared-files.ts';
import { exportAttachments } from './export-attachments.ts';
import type { ExportRequest, FileExport } from './export-request.ts';
import { exportTable } from './export-table.ts';
import { StageProgress } from './stage-progress.ts';
import type { Step } from './step.ts';

/** A second host may hold the region; its lock goes with its connection. */
const LOCK_PATIENCE_MS = 30_000;

/** Throws `permission_local` and `local_disk_full`. */
async function emptyStage(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true });
    await makeFolders(join(dir, 'data'));
  } catch (error) {
    throw localError(error, dir);
  }
}

async function lockRegion(snapshot: Snapshot, region: string, signal: AbortSignal): Promise<void> {
  const giveUp = performance.now() + LOCK_PATIENCE_MS;
  while (!(await snapshot.lockRegion(region))) {
    if (performance.now() > giveUp) throw new OperatorError('locked', { region });
    await wait(1_000, undefined, { signal }).catch(() => {
      throw new OperatorError('stopped');
    });
  }
}

/** What is wrong with one view and says nothing of the others. Everything else, a lost connection or a full disk, ends the export. */
const OF_ONE_FILE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'contract_broken',
  'value_unsupported',
  'value_unmappable',
  'rows_mismatch',
  'export_failed',
  'attachment_unreadable',
]);

/**
 * Writes every table and attachment of the plan to `<dir>/data/` from one snapshot, hashed and counted on the way.
 * Ends with the `exported` record. A file that fails for a reason of its own is remembered and the rest is made, so that everything that must
 * be mended is known at once: then `export_incomplete` with the views and the first one's facts, and no `exported`. Throws what the source
 * throws; what was written stays, and the next run begins anew.
 */
export async function* exportStage(request: ExportRequest): AsyncGenerator<Step, void> {
  const { plan, dir, source, signal } = request;
  yield { record: { type: 'export-started', at: timestamp(request.now()) } };
  await emptyStage(dir);
  const snapshot = await source.snapshot(plan.areas);
  try {
    await lockRegion(snapshot, plan.region, signal);
    const progress = new StageProgress('export', plan.estimate.bytes);
    const distribution: Distribution[] = [];
    const failures: { readonly view: string; readonly error: OperatorError }[] = [];
    let attachments = { count: 0, bytes: 0 };
    for (const file of plan.files) {
      try {
        distribution.push(await snapshot.distribution(file.view, plan.region));
        const exported = yield* exportFile({ ...request, snapshot, file, progress });
        attachments = exported ?? attachments;
      } catch (error) {
        if (!(error instanceof OperatorError && OF_ONE_FILE.has(error.code))) throw error;
        failures.push({ view: file.view, error });
      }
    }
    verifyWhole(failures);
    progress.finish();
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

/** One file of the plan, told of when it is whole. Returns what attachments there were, where it is their table. */
async function* exportFile(task: FileExport): AsyncGenerator<Step, { readonly count: number; readonly bytes: number } | undefined> {
  const exported = task.file.attachments ? yield* exportAttachments(task) : { table: yield* exportTable(task), attachments: undefined };
  const { table, attachments } = exported;
  const { path, bytes, rows, sha256 } = table;
  yield { record: { type: 'table', table }, event: { type: 'file', stage: 'export', file: path, bytes, rows, sha256 } };
  // Before it can be sent, so that the export is never seen behind the upload.
  yield { event: task.progress.status() };
  task.onPacked(table);
  return attachments;
}

function verifyWhole(failures: readonly { readonly view: string; readonly error: OperatorError }[]): void {
  const [first] = failures;
  if (!first) return;
  const views = failures.map(({ view }) => view).join(', ');
  throw new OperatorError('export_incomplete', { ...first.error.facts, views, code: first.error.code }, first.error);
}

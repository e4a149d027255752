import { join } from 'node:path';
import { headerBytes } from '../bag/csv-writer.ts';
import type { ExportedTable } from '../domain/package.ts';
import type { Snapshot } from '../source/source.ts';
import type { ExportRequest } from './export-stage.ts';
import type { PlannedFile } from './plan.ts';
import type { StageProgress } from './stage-progress.ts';
import type { Step } from './step.ts';
import { ticking } from './ticking.ts';

export interface FileExport extends ExportRequest {
  readonly snapshot: Snapshot;
  readonly file: PlannedFile;
  readonly progress: StageProgress;
}

/** Writes one table of the plan, with its header in the region's dialect, and says how it goes while it does. */
export async function* exportTable({ plan, dir, snapshot, file, progress, signal }: FileExport): AsyncGenerator<Step, ExportedTable> {
  const shape = await snapshot.shape(file.view, plan.region);
  const written = snapshot.writeTable(shape, plan.region, join(dir, file.path), headerBytes(shape, plan.dialect), {
    dialect: plan.dialect,
    signal,
    onBytes: (bytes) => progress.add(bytes),
  });
  const { rows, lines, bytes, sha256 } = yield* ticking(written, () => ({ event: progress.status() }));
  progress.addRows(rows);
  return { path: file.path, view: file.view, area: file.area, columns: shape.columns, rows, lines, bytes, sha256 };
}

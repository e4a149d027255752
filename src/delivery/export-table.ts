import { join } from 'node:path';
import { headerBytes } from '../bag/csv-writer.ts';
import type { ExportedTable } from '../domain/package.ts';
import type { FileExport } from './export-request.ts';
import type { Step } from './step.ts';
import { ticking } from './ticking.ts';

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

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACHMENT_FOLDER, attachmentRow, attachmentTable } from '../bag/attachment-table.ts';
import { CsvWriter } from '../bag/csv-writer.ts';
import { attachmentNames } from '../bag/file-names.ts';
import { attachmentNumber } from '../domain/delivery-events.ts';
import type { ExportedTable } from '../domain/package.ts';
import type { FileExport } from './export-request.ts';
import type { Step } from './step.ts';

export interface ExportedAttachments {
  readonly table: ExportedTable;
  readonly attachments: { readonly count: number; readonly bytes: number };
}

/**
 * Writes the region's attachments under safe names, and beside them their table, which ties each to its exact diarienummer and name.
 * The folder is made only when there are attachments (R26). Events name an attachment by its number only (D13).
 */
export async function* exportAttachments(task: FileExport): AsyncGenerator<Step, ExportedAttachments> {
  const { plan, dir, snapshot, file, progress, signal, rememberAttachment, onPacked } = task;
  const { region: expected } = await snapshot.distribution(file.view, plan.region);
  if (expected > 0) await mkdir(join(dir, ATTACHMENT_FOLDER));
  const safeName = attachmentNames();
  const table = await CsvWriter.open(join(dir, file.path), attachmentTable, plan.dialect);
  const attachments = { count: 0, bytes: 0 };
  try {
    const files = snapshot.writeAttachments(
      plan.region,
      dir,
      ({ diarienummer, filnamn }) => `${ATTACHMENT_FOLDER}/${safeName(diarienummer, filnamn)}`,
      { signal, onBytes: (bytes) => progress.add(bytes) },
    );
    for await (const { row, path, bytes, sha256 } of files) {
      const attachment = { nr: row.nr, path, bytes, sha256 };
      await table.add(attachmentRow(row, attachment));
      attachments.count += 1;
      attachments.bytes += bytes;
      await rememberAttachment(attachment);
      onPacked(attachment);
      yield { event: { type: 'file', stage: 'export', file: attachmentNumber(row.nr), bytes, rows: 0, sha256 } };
      if (progress.isDue()) yield { event: progress.status() };
    }
    const written = await table.finish();
    progress.add(written.bytes);
    progress.addRows(written.rows);
    return { table: { path: file.path, view: file.view, area: file.area, columns: attachmentTable.columns, ...written }, attachments };
  } finally {
    await table.discard();
  }
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTACHMENT_FOLDER, attachmentRows, attachmentTable } from '../bag/attachment-table.ts';
import { writeCsv } from '../bag/csv-writer.ts';
import { attachmentNames } from '../bag/file-names.ts';
import { attachmentNumber } from '../domain/delivery-events.ts';
import type { ExportedAttachment, ExportedTable } from '../domain/package.ts';
import type { FileExport } from './export-request.ts';
import { packedAttachment } from './packed-file.ts';
import type { Step } from './step.ts';

export interface ExportedAttachments {
  readonly table: ExportedTable;
  readonly attachments: { readonly count: number; readonly bytes: number };
}

/**
 * Writes the region's attachments under safe names and then their table, which ties each to its exact diarienummer and name.
 * The folder is made only when there are attachments (R26). Events name an attachment by its number only (D13).
 */
export async function* exportAttachments(task: FileExport): AsyncGenerator<Step, ExportedAttachments> {
  const { plan, dir, snapshot, file, progress, signal, rememberAttachment, onPacked } = task;
  const registered = await snapshot.attachments(plan.region);
  const safeName = attachmentNames();
  const names = registered.map(({ nr, diarienummer, filnamn }) => ({
    nr,
    path: `${ATTACHMENT_FOLDER}/${safeName(diarienummer, filnamn)}`,
    originalName: filnamn,
  }));
  // `nr` counts from 1 in key order, the order of both lists.
  const named = (nr: number) => {
    const found = names[nr - 1];
    if (found?.nr !== nr) throw new Error(`attachment #${nr} is not in key order`);
    return found;
  };
  if (names.length > 0) await mkdir(join(dir, ATTACHMENT_FOLDER));
  const onBytes = (bytes: number) => progress.add(bytes);
  const written: ExportedAttachment[] = [];
  for await (const { nr, bytes, sha256 } of snapshot.writeAttachments(plan.region, registered, (nr) => join(dir, named(nr).path), {
    signal,
    onBytes,
  })) {
    const attachment = { ...named(nr), bytes, sha256 };
    written.push(attachment);
    await rememberAttachment(attachment);
    onPacked(packedAttachment(attachment));
    yield { event: { type: 'file', stage: 'export', file: attachmentNumber(nr), bytes, rows: 0, sha256 } };
    if (progress.isDue()) yield { event: progress.status() };
  }
  const table = await writeCsv(join(dir, file.path), attachmentTable, attachmentRows(registered, written), plan.dialect);
  progress.add(table.bytes);
  progress.addRows(table.rows);
  return {
    table: { path: file.path, view: file.view, area: file.area, columns: attachmentTable.columns, ...table },
    attachments: { count: written.length, bytes: written.reduce((sum, { bytes }) => sum + bytes, 0) },
  };
}

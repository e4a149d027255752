import { timestamp } from '../domain/calendar.ts';
import { eventFileName } from '../domain/delivery-events.ts';
import type { ExportedAttachment, ExportedTable, StagedFile } from '../domain/package.ts';
import { sendBag } from '../transfer/send-bag.ts';
import type { SendRequest, SendResult } from '../transfer/transfer.ts';
import { StageProgress } from './stage-progress.ts';
import type { Step } from './step.ts';

export interface SendStageRequest extends SendRequest {
  readonly tables: readonly ExportedTable[];
  readonly attachments: readonly ExportedAttachment[];
  readonly now: () => Date;
}

/** Uploads, verifies and publishes the bag, and tells of it in the delivery's own words. Throws what `sendBag` throws. */
export async function* sendStage(request: SendStageRequest): AsyncGenerator<Step, SendResult> {
  yield { record: { type: 'sending', at: timestamp(request.now()) } };
  const numbers = new Map(request.attachments.map(({ path, nr }) => [path, nr]));
  const rowsOf = new Map(request.tables.map(({ path, rows }) => [path, rows]));
  const total = sumOf(request.files);
  const progress = { upload: new StageProgress('upload', total), verify: new StageProgress('verify', total) };
  const sending = sendBag(request);
  try {
    for (;;) {
      const next = await sending.next();
      if (next.done) return next.value;
      const event = next.value;
      if (event.type === 'progress') {
        const { stage, bytes, totalBytes, resumedBytes } = event;
        progress[stage].setTo(bytes, resumedBytes);
        if (progress[stage].isDue() || bytes === totalBytes) yield { event: progress[stage].status() };
      } else if (event.type === 'file') {
        const { stage, file, bytes, sha256, resumed } = event;
        const rows = rowsOf.get(file) ?? 0;
        if (stage === 'upload') progress.upload.addRows(rows);
        yield {
          event: { type: 'file', stage, file: eventFileName(file, numbers), bytes, rows, sha256, ...(resumed && { resumed: true }) },
        };
      } else if (event.type === 'retry') {
        yield { event: { type: 'retry', attempt: event.attempt, wait: event.waitMs / 1_000, reason: event.reason } };
      } else if (event.type === 'publishing') {
        yield { event: { ...progress.verify.status(), stage: 'publish' } };
      }
    }
  } finally {
    await sending.return(undefined as never);
  }
}

const sumOf = (files: readonly StagedFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

import { timestamp } from '../domain/calendar.ts';
import type { GrowingList } from '../domain/growing-list.ts';
import { sendBag } from '../transfer/send-bag.ts';
import type { SendRequest, SendResult } from '../transfer/transfer.ts';
import { type PackedFile, shownAs } from './packed-file.ts';
import { StageProgress } from './stage-progress.ts';
import type { Step } from './step.ts';

export interface SendStageRequest extends SendRequest {
  readonly files: GrowingList<PackedFile>;
  readonly now: () => Date;
}

/** Uploads, verifies and publishes the bag, and tells of it in the delivery's own words. Throws what `sendBag` throws. */
export async function* sendStage(request: SendStageRequest): AsyncGenerator<Step, SendResult> {
  yield { record: { type: 'sending', at: timestamp(request.now()) } };
  const progress = {
    upload: new StageProgress('upload', request.expectedBytes),
    verify: new StageProgress('verify', request.expectedBytes),
  };
  const sending = sendBag(request);
  try {
    for (;;) {
      const next = await sending.next();
      if (next.done) return next.value;
      const event = next.value;
      if (event.type === 'progress') {
        const { stage, bytes, totalBytes, resumedBytes } = event;
        progress[stage].setTo(bytes, resumedBytes, totalBytes);
        if (progress[stage].isDue() || bytes === totalBytes) yield { event: progress[stage].status() };
      } else if (event.type === 'file') {
        const { stage, resumed } = event;
        const sent: PackedFile = event.file;
        const { bytes, sha256, rows = 0 } = sent;
        if (stage === 'upload') progress.upload.addRows(rows);
        yield { event: { type: 'file', stage, file: shownAs(sent), bytes, rows, sha256, ...(resumed && { resumed: true }) } };
        // The next file may be long in coming: until then the bar stands where its last one left it.
        if (stage === 'upload' && (rows > 0 || progress.upload.isDue())) yield { event: progress.upload.status() };
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

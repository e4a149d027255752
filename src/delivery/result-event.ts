import type { ResultEvent } from '../domain/delivery-events.ts';
import type { Receipt } from '../domain/delivery-record.ts';
import { deliveryFolder } from './delivery-folder.ts';

/** The last event of a finished delivery. */
export const resultOf = (state: string, receipt: Receipt): ResultEvent => ({
  type: 'result',
  delivery: receipt.delivery,
  bag: receipt.bag,
  remotePath: receipt.remotePath,
  files: receipt.files,
  bytes: receipt.bytes,
  rows: receipt.rows,
  bytesSent: receipt.bytesSent,
  bytesResent: receipt.bytesResent,
  contentVerified: receipt.contentVerified,
  verification: receipt.verification,
  receipt: deliveryFolder(state, receipt.delivery).receipt,
});

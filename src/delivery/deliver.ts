import { rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Receipt } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';
import type { Journal } from '../store/journal.ts';
import type { SendRequest, SendResult } from '../transfer/transfer.ts';
import { type DeliveryRecord, progressOf } from './delivery-journal.ts';
import { exportStage } from './export-stage.ts';
import type { Interruption } from './interruption.ts';
import type { DeliveryPlan } from './plan.ts';
import { type ReadyBag, sealStage } from './seal-stage.ts';
import { sendStage } from './send-stage.ts';
import type { Step } from './step.ts';
import { type TransferLine, transferJournal } from './transfer-journal.ts';

/** What a delivery needs besides its plan; the disk says the rest. */
export interface DeliverRequest {
  readonly plan: DeliveryPlan;
  readonly staging: string;
  /** The delivery's journal, live: whoever runs the generator appends each step's record before asking for the next step. */
  readonly records: readonly DeliveryRecord[];
  readonly transferLog: Journal<TransferLine>;
  readonly openSource: () => Source;
  /** Binds the plan to its receiver if that is not done yet (R31), and says how to send. Throws `target_missing`. */
  readonly prepareSending: () => Promise<{
    readonly plan: DeliveryPlan;
    readonly how: Omit<SendRequest, 'bag' | 'dir' | 'files' | 'journal' | 'signal'>;
  }>;
  /** Writes the plan as it is bound, the one change that a plan ever sees. */
  readonly freeze: (plan: DeliveryPlan) => Promise<void>;
  readonly interruption: Interruption;
  readonly version: string;
  readonly now: () => Date;
}

/** What was delivered: a receipt but for who, when and the audit chain's head. */
export type Delivered = Omit<Receipt, 'version' | 'operator' | 'startedAt' | 'publishedAt' | 'auditHead'>;

/**
 * Export, bag, upload, verification, publishing: each stage reads what the one before wrote on disk, so that a run that was killed
 * at any instant is simply run again. Throws what the stages throw, and `stopped` when interrupted.
 */
export async function* deliver(request: DeliverRequest): AsyncGenerator<Step, Delivered> {
  const { records, transferLog, interruption, now } = request;
  if (!progressOf(records).exported) {
    await transferLog.append({ type: 'staged-none' }, false);
    yield* exportStage({
      plan: request.plan,
      dir: join(request.staging, request.plan.bag),
      source: request.openSource(),
      now,
      signal: interruption.exporting,
      rememberAttachment: (attachment) => transferLog.append({ type: 'staged-attachment', ...attachment }, false),
    });
  }
  const { plan, how } = await request.prepareSending();
  const dir = join(request.staging, plan.bag);
  // The folder first: a plan that names a folder that is not there would have the export made again, and the old one forgotten.
  await moveStaged(join(request.staging, request.plan.bag), dir);
  if (plan !== request.plan) await request.freeze(plan);
  const bag = yield* sealStage({ plan, dir, records, transferLog, version: request.version });
  if (interruption.sending.aborted) throw new OperatorError('stopped');
  const result = yield* sendStage({
    ...how,
    bag: plan.bag,
    dir,
    files: bag.files,
    tables: bag.tables,
    attachments: bag.attachments,
    journal: transferJournal(transferLog),
    signal: interruption.sending,
    now,
  });
  return deliveredFacts(plan, bag, result);
}

/**
 * A bag whose number was taken on the server changes its name once, with its folder (D14).
 * Throws `staged_file_changed` when what was exported is gone: the export is made again.
 */
async function moveStaged(from: string, to: string): Promise<void> {
  if (await isThere(to)) return;
  if (!(await isThere(from))) throw new OperatorError('staged_file_changed', { file: basename(from) });
  await rename(from, to);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function deliveredFacts(plan: DeliveryPlan, bag: ReadyBag, result: SendResult): Delivered {
  return {
    delivery: plan.id,
    region: plan.region,
    bag: plan.bag,
    remotePath: result.remotePath,
    target: result.binding,
    areas: plan.areas,
    decisions: plan.decisions,
    snapshotAt: bag.snapshotAt,
    tables: bag.tables.map(({ view, area, rows, bytes, sha256 }) => ({ view, area, rows, bytes, sha256 })),
    attachments: bag.attachmentTotals,
    undistributed: bag.distribution.map(({ view, undistributed }) => ({ view, rows: undistributed })),
    files: bag.files.length,
    bytes: bag.files.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: bag.tables.reduce((sum, { rows }) => sum + rows, 0),
    bytesSent: result.bytesSent,
    bytesResent: result.bytesResent,
    contentVerified: result.contentVerified,
    verification: result.verification,
    notes: result.notes,
    manifestSha256: bag.manifestSha256,
    tagManifestSha256: bag.tagManifestSha256,
  };
}

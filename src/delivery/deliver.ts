import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../domain/delivery-record.ts';
import { GrowingList } from '../domain/growing-list.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';
import type { SendRequest, SendResult } from '../transfer/transfer.ts';
import { type DeliveryRecord, progressOf } from './delivery-journal.ts';
import { exportStage } from './export-stage.ts';
import type { Interruption } from './interruption.ts';
import type { PackedFile } from './packed-file.ts';
import type { DeliveryPlan } from './plan.ts';
import { type ReadyBag, sealStage } from './seal-stage.ts';
import { sendStage } from './send-stage.ts';
import type { StagingLog } from './staging-log.ts';
import type { Step } from './step.ts';
import { together } from './together.ts';

/** What a delivery needs besides its plan; the disk says the rest. */
export interface DeliverRequest {
  readonly plan: DeliveryPlan;
  readonly staging: string;
  /** The delivery's journal, live: whoever runs the generator appends each step's record before asking for the next step. */
  readonly records: readonly DeliveryRecord[];
  readonly stagingLog: StagingLog;
  readonly openSource: () => Source;
  /** Binds the plan to its receiver if that is not done yet (R31), and says how to send. Throws `target_missing`. */
  readonly prepareSending: () => Promise<{
    readonly plan: DeliveryPlan;
    readonly how: Omit<SendRequest, 'bag' | 'dir' | 'files' | 'expectedBytes' | 'journal' | 'signal'>;
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
 * at any instant is simply run again. Files are sent as they are finished, while later ones are exported; where the receiver is not known yet
 * the export goes first, alone (R31). What goes wrong with the sending lets the export end first, since one that was cut starts again in full (D15).
 * Throws what the stages throw, and `stopped` when interrupted.
 */
export async function* deliver(request: DeliverRequest): AsyncGenerator<Step, Delivered> {
  const { interruption, stagingLog } = request;
  const files = new GrowingList<PackedFile>();
  const leaving = new AbortController();
  const exporting = AbortSignal.any([interruption.exporting, leaving.signal]);
  const isBound = request.plan.target !== null;
  if (!isBound) yield* exportUnlessDone(request, files, exporting);
  const early = isBound ? undefined : await bind(request);
  const plan = early?.plan ?? request.plan;
  const dir = join(request.staging, plan.bag);

  async function* packing(): AsyncGenerator<Step, ReadyBag> {
    yield* exportUnlessDone(request, files, exporting);
    if (!(await isThere(dir))) throw new OperatorError('staged_file_changed', { file: plan.bag });
    const bag = yield* sealStage({ plan, dir, records: request.records, attachments: stagingLog.attachments, version: request.version });
    // An export of this run has packed the whole payload, in its own order; one of an earlier run nothing.
    for (const file of files.items.length === 0 ? bag.files : bag.tagFiles) files.add(file);
    files.complete();
    return bag;
  }
  async function* sending(): AsyncGenerator<Step, SendResult> {
    const { how } = early ?? (await request.prepareSending());
    return yield* sendStage({
      ...how,
      bag: plan.bag,
      dir,
      files,
      expectedBytes: plan.estimate.bytes,
      journal: stagingLog.ofTransfer,
      signal: AbortSignal.any([interruption.sending, leaving.signal]),
      now: request.now,
    });
  }
  const halt = (cause: unknown) => {
    leaving.abort();
    files.fail(cause);
  };
  const [bag, result] = yield* together(packing(), sending(), halt);
  return deliveredFacts(plan, bag, result);
}

/** The whole export, unless an earlier run has it. */
async function* exportUnlessDone(request: DeliverRequest, files: GrowingList<PackedFile>, signal: AbortSignal): AsyncGenerator<Step, void> {
  const { plan, stagingLog } = request;
  if (progressOf(request.records).exported) return;
  await stagingLog.beginExport();
  yield* exportStage({
    plan,
    dir: join(request.staging, plan.bag),
    source: request.openSource(),
    now: request.now,
    signal,
    rememberAttachment: (attachment) => stagingLog.remember(attachment),
    onPacked: (file) => files.add(file),
  });
}

/** Binds the plan to its receiver; a bag whose number was taken on the server changes its name once, with its folder (D14). */
async function bind(request: DeliverRequest) {
  const bound = await request.prepareSending();
  const { plan } = bound;
  const [from, to] = [request.plan, plan].map(({ bag }) => join(request.staging, bag)) as [string, string];
  // The folder first: a plan that names a folder that is not there would have the export made again, and the old one forgotten.
  if (!(await isThere(to)) && (await isThere(from))) await rename(from, to);
  if (plan !== request.plan) await request.freeze(plan);
  return bound;
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

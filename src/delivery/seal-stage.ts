import { sealBag } from '../bag/seal-bag.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { BagFacts, Distribution, ExportedAttachment, ExportedTable, StagedFile } from '../domain/package.ts';
import { regionOf } from '../domain/regions.ts';
import { type DeliveryRecord, progressOf } from './delivery-journal.ts';
import type { PackedFile } from './packed-file.ts';
import type { DeliveryPlan } from './plan.ts';
import type { Step } from './step.ts';

export interface SealRequest {
  readonly plan: DeliveryPlan;
  readonly dir: string;
  readonly records: readonly DeliveryRecord[];
  /** Those that the transfer journal knows of. */
  readonly attachments: readonly ExportedAttachment[];
  readonly version: string;
}

/** A bag that can be sent. `files` are all of it in upload order: payload, tag files, manifest, tag manifest. */
export interface ReadyBag {
  readonly files: readonly PackedFile[];
  /** Those of them that are not payload, the last ones. */
  readonly tagFiles: readonly StagedFile[];
  readonly tables: readonly ExportedTable[];
  readonly attachments: readonly ExportedAttachment[];
  readonly attachmentTotals: { readonly count: number; readonly bytes: number };
  readonly distribution: readonly Distribution[];
  readonly snapshotAt: string;
  readonly manifestSha256: string;
  readonly tagManifestSha256: string;
}

/**
 * Completes the bag around what the export wrote. A bag that is sealed under its name already is not touched again: its files are on their
 * way, and a file that changed would stop the upload. Throws `staged_file_changed` when not every attachment of the export is known any more.
 */
export async function* sealStage({ plan, dir, records, attachments, version }: SealRequest): AsyncGenerator<Step, ReadyBag> {
  const { tables, exported, sealed } = progressOf(records);
  if (!exported) throw new Error('a bag is sealed after its export');
  // Their lines are not synced one by one: a host that lost power may have lost the last of them, and kept the word that all were exported.
  if (attachments.length !== exported.attachments.count) throw new OperatorError('staged_file_changed', { file: plan.bag });
  const payload: readonly PackedFile[] = [...tables, ...attachments];
  const contents = {
    tables,
    attachments,
    attachmentTotals: exported.attachments,
    distribution: exported.distribution,
    snapshotAt: exported.snapshotAt,
  };
  if (sealed?.bag === plan.bag) {
    const { tagFiles, manifestSha256, tagManifestSha256 } = sealed;
    return { ...contents, files: [...payload, ...tagFiles], tagFiles, manifestSha256, tagManifestSha256 };
  }
  const facts: BagFacts = {
    bag: plan.bag,
    region: regionOf(plan.region),
    createdAt: plan.createdAt,
    day: plan.day,
    operator: plan.operator,
    decisions: plan.decisions,
    dialect: plan.dialect,
    withoutChangeLog: exported.withoutChangeLog,
    ...contents,
  };
  const { files, manifestSha256, tagManifestSha256 } = await sealBag(dir, facts, { program: 'sminet-leverans', version });
  const tagFiles = files.slice(payload.length);
  yield { record: { type: 'sealed', bag: plan.bag, tagFiles, manifestSha256, tagManifestSha256 } };
  return { ...contents, files: [...payload, ...tagFiles], tagFiles, manifestSha256, tagManifestSha256 };
}

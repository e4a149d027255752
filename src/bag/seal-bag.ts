import { join } from 'node:path';
import { type BagFacts, REVERSAL_FILE, type StagedFile } from '../domain/package.ts';
import { BAGIT_TXT, bagInfo, type Writer } from './bag-info.ts';
import { datapackage } from './datapackage.ts';
import { decisionTable } from './decision-table.ts';
import { writeDurably } from './durable-file.ts';
import { lasmig } from './lasmig.ts';
import { manifestParts } from './manifest.ts';
import { reversal } from './reversal.ts';
import { payloadFiles, type Totals, totalsOf } from './totals.ts';

/** A bag that is complete on disk. */
export interface SealedBag {
  /** The whole bag in upload order: payload, tag files, manifest, tag manifest. */
  readonly files: readonly StagedFile[];
  readonly manifestSha256: string;
  readonly tagManifestSha256: string;
  /** What Payload-Oxum and the reversal say. */
  readonly payload: Totals;
  /** The whole bag; `rows` are those of its tables. */
  readonly totals: Totals;
}

/**
 * Writes everything but the payload into the bag's folder (BagIt 1.0, RFC 8493), each file whole or not at all. The payload's hashes come
 * from the facts, taken while it was written, and are never computed again from a copy that could be wrong. Same facts, same bytes: a
 * sealing that was cut is simply run again. Throws `local_disk_full` and `permission_local`.
 */
export async function sealBag(dir: string, facts: BagFacts, writtenBy: Writer): Promise<SealedBag> {
  const payloadList = payloadFiles(facts);
  const payload = totalsOf(payloadList, facts.tables);
  const write = async (path: string, parts: Iterable<string | Uint8Array>): Promise<StagedFile> => ({
    path,
    ...(await writeDurably(join(dir, path), parts)),
  });

  const manifest = await write('manifest-sha256.txt', manifestParts(payloadList));
  const tagFiles = [
    await write('bagit.txt', [BAGIT_TXT]),
    await write('bag-info.txt', [bagInfo(facts, payload, writtenBy)]),
    await write('datapackage.json', [datapackage(facts)]),
    await write('LASMIG.txt', [lasmig(facts)]),
    await write(REVERSAL_FILE, [reversal(facts, manifest.sha256)]),
    await write('beslut.csv', [decisionTable(facts.decisions, facts.dialect)]),
    manifest,
  ];
  const tagManifest = await write('tagmanifest-sha256.txt', manifestParts(tagFiles));
  const files = [...payloadList, ...tagFiles, tagManifest];
  return {
    files,
    manifestSha256: manifest.sha256,
    tagManifestSha256: tagManifest.sha256,
    payload,
    totals: totalsOf(files, facts.tables),
  };
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDay, timestamp } from '../domain/calendar.ts';
import type { DeliverySummary, Kvittens, KvittensDraft } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { RegionRecord } from '../domain/region-record.ts';
import { changeRegion } from './regions.ts';
import type { Saving } from './save-decision.ts';

const given = (text: string | undefined): string | undefined => text?.normalize('NFC').trim() || undefined;

/** The key of `text.receiptProblems` for what is wrong, or `undefined`. */
function problemOf(draft: KvittensDraft, delivery: DeliverySummary, today: string): string | undefined {
  const receivedOn = given(draft.receivedOn) ?? '';
  const manifest = given(draft.manifest);
  if (!isDay(receivedOn)) return 'no_day';
  if (receivedOn > today) return 'future';
  if (receivedOn < (delivery.receipt?.publishedAt ?? '').slice(0, 10)) return 'before_delivery';
  if (!given(draft.receivedBy)) return 'no_person';
  if (manifest && !/^[0-9a-f]{64}$/i.test(manifest)) return 'no_sha256';
  if (manifest && !given(draft.deviation) && manifest.toLowerCase() !== delivery.receipt?.manifestSha256) return 'manifest_mismatch';
  return undefined;
}

async function hashOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    throw new OperatorError('receipt_invalid', { problem: 'no_file' }, error);
  }
}

/**
 * Registers the region's signed answer to a finished delivery (N14). Later ones stand beside earlier ones; the last one counts.
 * Throws `planning_clock` under a set clock (D5), `no_delivery` for one that is not finished, `receipt_invalid`, and what `changeRegion` throws.
 */
export async function saveKvittens(saving: Saving, delivery: DeliverySummary, draft: KvittensDraft): Promise<RegionRecord> {
  const { state, clock, operator, expectedRevision } = saving;
  if (clock.planning) throw new OperatorError('planning_clock');
  if (!delivery.receipt) throw new OperatorError('no_delivery', { region: delivery.region });
  const problem = problemOf(draft, delivery, clock.today());
  if (problem) throw new OperatorError('receipt_invalid', { problem });
  const file = given(draft.file);
  const at = timestamp(clock.now());
  const optional = {
    dnr: given(draft.dnr),
    fileSha256: file && (await hashOf(file)),
    deviation: given(draft.deviation),
    manifestSha256: given(draft.manifest)?.toLowerCase(),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const kvittens: Kvittens = {
    delivery: delivery.id,
    receivedOn: given(draft.receivedOn) ?? '',
    receivedBy: given(draft.receivedBy) ?? '',
    ...known,
    registeredBy: operator,
    registeredAt: at,
  };
  return changeRegion(state, delivery.region, { act: 'receipt', operator, at, delivery: delivery.id, expectedRevision }, (record) => ({
    ...record,
    receipts: [...record.receipts, kvittens],
  }));
}

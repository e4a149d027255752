import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { timestamp } from '../domain/calendar.ts';
import type { Receipt } from '../domain/delivery-record.ts';
import { appendAudit } from '../store/audit.ts';
import { writeWhole } from '../store/shared-files.ts';
import { receiptText } from '../text.ts';
import type { Delivered } from './deliver.ts';
import { deliveryFolder } from './delivery-folder.ts';
import type { House } from './house.ts';
import type { DeliveryPlan } from './plan.ts';

/**
 * Writes what a published delivery proves: the audit line first, then `receipt.json` with the chain's head, and `kvitto.txt` to read.
 * A run that was cut in between does it again: a second audit line says the same as the first. Returns the receipt and its file's sha256.
 */
export async function writeReceipt(house: House, plan: DeliveryPlan, delivered: Delivered): Promise<{ receipt: Receipt; sha256: string }> {
  const publishedAt = timestamp(house.clock.now());
  const auditHead = await appendAudit(house.state, {
    at: publishedAt,
    operator: house.operator,
    host: hostname(),
    act: 'published',
    region: plan.region,
    delivery: plan.id,
    facts: { bag: delivered.bag, manifestSha256: delivered.manifestSha256, verification: delivered.verification },
  });
  const receipt: Receipt = { version: 1, ...delivered, operator: house.operator, startedAt: plan.createdAt, publishedAt, auditHead };
  const folder = deliveryFolder(house.state.dir, plan.id);
  const text = `${JSON.stringify(receipt, null, 2)}\n`;
  await writeWhole(folder.kvitto, receiptText(receipt));
  await writeWhole(folder.receipt, text);
  return { receipt, sha256: createHash('sha256').update(text).digest('hex') };
}

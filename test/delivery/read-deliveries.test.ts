import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../src/delivery/delivery-journal.ts';
import { metReceivers } from '../../src/delivery/met-receivers.ts';
import { deliveryIds, readDelivery } from '../../src/delivery/read-deliveries.ts';
import { openJournal } from '../../src/store/journal.ts';
import { sha256 } from '../support/bag-to-send.ts';

const AT = '2026-11-20T10:05:00+01:00';

describe('a finished delivery, read from its files', () => {
  let state: string;
  let receipt: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'lev-'));
    const dir = join(state, 'deliveries', 'd1');
    receipt = join(dir, 'receipt.json');
    await mkdir(dir, { recursive: true });
    await writeFile(
      join(dir, 'plan.json'),
      JSON.stringify({ id: 'd1', region: '12', areas: [3], decisions: [], target: { realPath: '/in' } }),
    );
    const text = JSON.stringify({ contentVerified: false, verification: 'ack', tables: [{ view: 'omrade3_diarienummer', rows: 3 }] });
    await writeFile(receipt, text);
    const journal = await openJournal<DeliveryRecord>(join(dir, 'journal.jsonl'));
    await journal.append({ type: 'done', at: AT, receiptSha256: sha256(Buffer.from(text)) }, true);
    await journal.close();
  });
  afterEach(() => rm(state, { recursive: true }));

  it('says what its receipt proves', async () => {
    expect(await readDelivery(state, 'd1', false)).toMatchObject({ outcome: 'done', receipt: { contentVerified: false } });
  });

  it('a stray file among the folders is no delivery; one in a delivery’s place is that delivery damaged', async () => {
    const deliveries = join(state, 'deliveries');
    await writeFile(join(deliveries, '.DS_Store'), 'x');
    expect(await deliveryIds({ deliveries })).toEqual(['d1']);
    expect(await metReceivers({ dir: state, deliveries })).toEqual([{ region: '12', target: { realPath: '/in' } }]);
    await rm(join(deliveries, 'd1'), { recursive: true });
    await writeFile(join(deliveries, 'd1'), 'x');
    await expect(readDelivery(state, 'd1', false)).rejects.toMatchObject({ code: 'state_corrupt', facts: { problem: 'delivery' } });
  });

  it.each([
    ['is edited by hand', async () => writeFile(receipt, (await readFile(receipt, 'utf8')).replace('false', 'true'))],
    ['is gone', () => rm(receipt)],
  ])('N19 D8: a receipt that %s is a stop, never a proof', async (_, harm) => {
    await harm();
    await expect(readDelivery(state, 'd1', false)).rejects.toMatchObject({
      code: 'state_corrupt',
      exitCode: 10,
      facts: { problem: 'delivery', path: receipt },
    });
  });
});

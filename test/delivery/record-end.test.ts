import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliveryFolder } from '../../src/delivery/delivery-folder.ts';
import { type DeliveryJournal, openDeliveryJournal } from '../../src/delivery/delivery-journal.ts';
import { Interruption, type InterruptionReason } from '../../src/delivery/interruption.ts';
import { recordEnd } from '../../src/delivery/record-end.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { houseIn } from '../support/house.ts';

const PLAN = { id: '12_skane_2026-11-22-1', region: '12' };

describe('the end of a run whose transfer journal cannot be read', () => {
  let home: string;
  let house: Awaited<ReturnType<typeof houseIn>>;
  let journal: DeliveryJournal;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'end-'));
    house = await houseIn(home);
    const folder = deliveryFolder(house.state.dir, PLAN.id);
    // A folder in its place is what even root cannot read.
    await mkdir(folder.transfer, { recursive: true });
    journal = await openDeliveryJournal(folder.journal);
  });
  afterEach(async () => {
    await journal.close();
    await rm(home, { recursive: true });
  });

  const end = (error: unknown, reason?: InterruptionReason) => {
    const interruption = new Interruption();
    if (reason) interruption.request(reason, 'bo');
    return recordEnd(house, PLAN, journal, interruption, error);
  };
  const stopped = new OperatorError('stopped');

  it.each<[string, string, unknown, InterruptionReason | undefined]>([
    ['failed', 'sftp_down', new OperatorError('sftp_down'), undefined],
    ['paused', 'sftp_login', new OperatorError('sftp_login', { reason: 'password_missing' }), undefined],
    ['paused', 'paused', stopped, 'pause'],
    ['stopped', 'abandoned', stopped, 'stop'],
  ])('I9: %s is recorded, and %s says that the bag may be published', async (type, code, error, reason) => {
    expect(await end(error, reason)).toMatchObject({ code, facts: { publishing: 'ja' } });
    expect(journal.records).toMatchObject([{ type }]);
  });

  it('one of our own bugs is recorded too, and comes back as it is', async () => {
    const bug = new Error('bug');
    expect(await end(bug)).toBe(bug);
    expect(journal.records).toMatchObject([{ type: 'failed', code: 'bug' }]);
  });
});

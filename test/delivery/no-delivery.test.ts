import { describe, expect, it } from 'vitest';
import { noDelivery } from '../../src/delivery/no-delivery.ts';
import type { DeliverySummary } from '../../src/domain/delivery-record.ts';
import { regionOf } from '../../src/domain/regions.ts';
import { errorText } from '../../src/text.ts';
import { decision, deliveryOf } from '../domain/sample-delivery.ts';

const BAG = 'SMINET2_12_skane_2026-11-20-1';
const told = (latest: Partial<DeliverySummary> | undefined) =>
  errorText(noDelivery(regionOf('12'), latest && deliveryOf([decision(1, 'bevara')], { endedAt: '2026-11-20T11:30:00+01:00', ...latest })));

describe('a command that finds no delivery to act on says what there is, since when, and what to do', () => {
  it.each<[string, Partial<DeliverySummary> | undefined, string, string]>([
    ['none', undefined, 'Region Skåne har ingen leverans: ingen har startats.', 'leverera 12 --bekrafta "Region Skåne"'],
    ['paused', { outcome: 'paused' }, `Leveransen ${BAG} är pausad sedan 2026-11-20 11:30.`, 'fortsatt 12'],
    [
      'paused by a login that nobody answered',
      { outcome: 'paused', error: { code: 'sftp_login', facts: { reason: 'password_missing' } } },
      `Leveransen ${BAG} är pausad sedan 2026-11-20 11:30: ingen svarade när inloggningen frågade.`,
      'fortsatt 12',
    ],
    [
      'cut, which has no end',
      { outcome: 'cut', endedAt: undefined },
      `Leveransen ${BAG} är avbruten: ingen process arbetar på den. Den påbörjades 2026-11-20 10:00.`,
      'fortsatt 12',
    ],
    [
      'waits for its target',
      { outcome: 'failed', error: { code: 'target_missing', facts: { region: 'Region Skåne', code: '12', file: '/c' } } },
      `Leveransen ${BAG} väntar sedan 2026-11-20 11:30: inställningarna säger inte vart den till Region Skåne ska skickas.`,
      'targets.12',
    ],
    [
      'failed, with what failed',
      { outcome: 'failed', error: { code: 'bag_exists', facts: { host: 'h', path: '/in', bag: BAG } } },
      `Leveransen ${BAG} slutade med ett fel 2026-11-20 11:30. Namnet ${BAG} finns redan i /in på h.`,
      'fortsatt 12',
    ],
    [
      'failed by a bug of ours',
      { outcome: 'failed', error: { code: 'bug', facts: {} } },
      `Leveransen ${BAG} slutade med ett fel 2026-11-20 11:30. Ett fel i programmet.`,
      'fortsatt 12',
    ],
    ['failed with its journal damaged, when nobody knows', { outcome: 'failed', endedAt: '' }, `slutade med ett fel. `, 'stoppa 12'],
    ['stopped', { outcome: 'stopped' }, `Leveransen ${BAG} stoppades 2026-11-20 11:30 och är övergiven.`, 'rensa 12'],
    ['done', { outcome: 'done' }, `Leveransen ${BAG} är klar sedan 2026-11-20 11:30.`, 'kvitton 12'],
  ])('%s', (_, latest, what, todo) => {
    const text = told(latest);
    expect(text.what).toContain(what);
    expect(text.todo.join(' ')).toContain(todo);
  });
});

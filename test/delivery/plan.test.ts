import { describe, expect, it } from 'vitest';
import { bagName, nextNumber, plannedFiles } from '../../src/delivery/plan.ts';
import { regionOf } from '../../src/domain/regions.ts';
import { decision } from '../domain/sample-delivery.ts';

const SKANE = regionOf('12');
const views = (decisions: Parameters<typeof plannedFiles>[0]) => plannedFiles(decisions).map(({ view }) => view);

describe('what a plan promises', () => {
  it('a bag is named by länskod, slug, day and number, and the number is the first that nobody has (D14)', () => {
    expect(bagName(regionOf('01'), '2026-11-22', 1)).toBe('SMINET2_01_stockholm_2026-11-22-1');
    const taken = [
      'SMINET2_12_skane_2026-11-22-1',
      'SMINET2_12_skane_2026-11-22-3',
      'SMINET2_12_skane_2026-11-21-2',
      'SMINET2_13_halland_2026-11-22-2',
      'annat',
    ];
    expect(nextNumber(SKANE, '2026-11-22', [])).toBe(1);
    expect(nextNumber(SKANE, '2026-11-22', taken)).toBe(2);
    expect(nextNumber(SKANE, '2026-11-21', taken)).toBe(1);
  });

  it('R18: what is kept has its files, what may be disposed of has none', () => {
    expect(views([decision(3, 'bevara'), decision(4, 'gallra'), decision(1, 'langre_frist')])).toEqual([
      'omrade1_anmalningar',
      'omrade1_fall',
      'omrade3_diarienummer',
    ]);
    expect(plannedFiles(([1, 2, 3, 4, 5, 6, 7] as const).map((area) => decision(area, 'gallra')))).toEqual([]);
    expect(plannedFiles([])).toEqual([]);
  });

  it('R64: area 6 is exactly eight files; all seven areas are eighteen', () => {
    expect(views([decision(6, 'bevara')])).toHaveLength(8);
    expect(plannedFiles(([1, 2, 3, 4, 5, 6, 7] as const).map((area) => decision(area, 'bevara')))).toHaveLength(18);
  });

  it('R10, R48, D3: area 2 is cards, notes and attachments, and without its cards still notes and attachments', () => {
    const withoutCards = decision(2, 'bevara', { cards: { choice: 'gallras', reportTaken: 'ja' } });
    expect(views([withoutCards])).toEqual(['omrade2_daganteckningar', 'omrade2_bilagor']);
    expect(plannedFiles([decision(2, 'bevara')])).toEqual([
      { path: 'data/omrade2_patientkort.csv', view: 'omrade2_patientkort', area: 2, attachments: false },
      { path: 'data/omrade2_daganteckningar.csv', view: 'omrade2_daganteckningar', area: 2, attachments: false },
      { path: 'data/omrade2_bilagor.csv', view: 'omrade2_bilagor', area: 2, attachments: true },
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { AREAS, LOG_TYPES } from '../../src/domain/areas.ts';
import { areas, decisionBasics, retentionText, tableTitles } from '../../src/text.ts';

const flowing = (texts: readonly string[]): string => texts.join(' ');

describe('what is said of the areas', () => {
  test("R08 R11 names are the letter's own, with a capital first letter only", () => {
    expect(AREAS.map(({ id }) => areas[id].name)).toEqual([
      'Anmälningar enligt smittskyddslagen och fall rörande vissa sjukdomar som inte längre är anmälningspliktiga',
      'Patientkort och tillhörande daganteckningar',
      'Diarier',
      'Intressenter',
      'Användarloggar',
      'Dokumentloggar',
      'Kopior av kliniska anmälningar och laboratorieanmälningar',
    ]);
  });

  test('short names fit a table', () => {
    for (const { id } of AREAS) expect(areas[id].short.length).toBeLessThanOrEqual(22);
  });

  test('every delivered table has a title', () => {
    expect(Object.keys(tableTitles).sort()).toEqual(AREAS.flatMap(({ files }) => files.map(({ view }) => view)).sort());
  });

  test.each<[string, 1 | 2 | 3 | 4 | 5 | 6 | 7, readonly string[]]>([
    ['R40 R41 R42 R43', 1, ['hepatit non A-E, toxoplasmainfektion, ulcus molle och återfallsfeber', '164', 'minst en']],
    [
      'R45 R46 R47 R49 R50',
      2,
      ['automatiskt', 'för hand', 'Varken korten eller daganteckningarna', '28 november', '5 december 2019', 'patient-id'],
    ],
    ['R51 R52 R53 R54', 3, ['Nej var förvalt', 'Ja har valts för respektive myndighet', 'korrekt postlista', 't.ex. kliniska anmälningar']],
    ['R57 R58', 4, ['adressbok', 'E-post arbete', 'Faxnummer']],
    ['R59 R60', 5, ['bland annat', 'loggat in', 'öppnat', 'i 10 år efter den senaste loggningen (2021-09-03)']],
    [
      'R61 R62 R65 R66 T21',
      6,
      [
        'bland annat',
        'inte loggats för alla typer',
        '”daganteckningens registreringsdatum”',
        'oklart',
        'i 10 år efter den senaste loggningen (2021-09-03)',
      ],
    ],
    [
      'R67 R68 R69 R70 R71 R72',
      7,
      [
        'Originalen (OrgArk) är överförda till Sminet 3. Kopiorna (EpiArk) är det inte',
        'Smittland Okänt',
        'Spanien',
        '”Gallringen medför ingen betydande informationsförlust”',
        'arkivbildare',
      ],
    ],
  ])("%s area %i has the substance of the letter's lines", (_, area, words) => {
    for (const word of words) expect(flowing(areas[area].explanation)).toContain(word);
  });

  test('R65 the star is on the four types that have it', () => {
    const [, types = ''] = areas[6].explanation;
    expect(types.match(/\*/g)).toHaveLength(LOG_TYPES.filter(({ starred }) => starred).length);
    for (const starred of ['daganteckningar*', 'SMI-anteckningar*', 'frivilliga laboratorierapporter*', 'nämnardatarapporter*']) {
      expect(types).toContain(starred);
    }
  });

  test('R71 T9 the view that nothing of weight is lost is said to be the one of Fohm', () => {
    const said = areas[7].explanation.find((text) => text.includes('informationsförlust'));
    expect(said).toMatch(/^Fohms tidigare bedömning .*Bedömningen är Fohms egen\. Beslutet är regionens\.$/);
  });

  test('D4 R13 R16 both 2031 dates are given with what they count from', () => {
    for (const id of [5, 6] as const) {
      const dates = AREAS[id - 1]?.retention.map(retentionText) ?? [];
      expect(dates).toEqual([
        '2031-09-06, 10 år efter driftsättningen av Sminet 3 (enligt förslag från Fohm)',
        '2031-09-03, 10 år efter den senaste loggningen (2021-09-03, enligt Fohm)',
      ]);
    }
  });

  test('R01 R13 R17 R20 R21 R38 R39 what every decision rests on', () => {
    const text = flowing(decisionBasics);
    for (const words of [
      'avvecklingen av Sminet 2',
      'förslag från Fohm',
      'Regionen ansvarar',
      'aldrig som godkänd gallring',
      'arkiv@folkhalsomyndigheten.se',
      'avgör regionen',
      'dokumenthanteringsplan',
    ]) {
      expect(text).toContain(words);
    }
  });
});

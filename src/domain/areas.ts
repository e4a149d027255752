/** The seven areas of the customer's letter, numbered as there. */
export type AreaId = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** One file of the package: `view` is its contract view in schema `leverans`, the file is `data/<view>.csv`. */
export interface AreaFile {
  readonly view: string;
  /** Which half of area 2 the file belongs to; the cards can be declined on their own (D3). */
  readonly part?: 'patientkort' | 'anteckningar';
  /** Its key and `myndighet` are dropped and only this column is delivered (area 3, T12). */
  readonly onlyColumn?: string;
  /** Attachment metadata: the CSV is born here, and the contents become files of their own. */
  readonly attachments?: true;
}

export interface Area {
  readonly id: AreaId;
  /** The day before which Fohm's proposal lets nothing be disposed of: the later date rules (D4, R13-R16). */
  readonly proposedDisposal: string;
  /** Every date the letter gives, with what it counts from; the later one is `proposedDisposal`. */
  readonly retention: readonly { readonly date: string; readonly from: 'sminet3_start' | 'last_log'; readonly years: number }[];
  readonly database: 'sminet2' | 'epiark';
  readonly files: readonly AreaFile[];
}

const FIVE_YEARS = [{ date: '2026-09-06', from: 'sminet3_start', years: 5 }] as const;
const TEN_YEARS = [
  { date: '2031-09-06', from: 'sminet3_start', years: 10 },
  { date: '2031-09-03', from: 'last_log', years: 10 },
] as const;

/** The eight log types of area 6, a closed list (R64); `*` types got log posts made up by the migration (T20). */
export const LOG_TYPES = [
  { type: 'patientkort', starred: false },
  { type: 'daganteckningar', starred: true },
  { type: 'smi_anteckningar', starred: true },
  { type: 'frivilliga_laboratorierapporter', starred: true },
  { type: 'namnardatarapporter', starred: true },
  { type: 'vardenheter', starred: false },
  { type: 'intressenter', starred: false },
  { type: 'anvandare', starred: false },
] as const;

/** How many area 1 notifications the letter counts in the whole country; another total is a warning (R42). */
export const AREA1_NOTIFICATIONS = 164;

/** The seven areas in the letter's order. Names and explanations are in `src/text.ts`. */
export const AREAS: readonly Area[] = [
  {
    id: 1,
    proposedDisposal: '2026-09-06',
    retention: FIVE_YEARS,
    database: 'sminet2',
    files: [{ view: 'omrade1_anmalningar' }, { view: 'omrade1_fall' }],
  },
  {
    id: 2,
    proposedDisposal: '2026-09-06',
    retention: FIVE_YEARS,
    database: 'sminet2',
    files: [
      { view: 'omrade2_patientkort', part: 'patientkort' },
      { view: 'omrade2_daganteckningar', part: 'anteckningar' },
      { view: 'omrade2_bilagor', part: 'anteckningar', attachments: true },
    ],
  },
  {
    id: 3,
    proposedDisposal: '2026-09-06',
    retention: FIVE_YEARS,
    database: 'sminet2',
    files: [{ view: 'omrade3_diarienummer', onlyColumn: 'diarienummer' }],
  },
  { id: 4, proposedDisposal: '2026-09-06', retention: FIVE_YEARS, database: 'sminet2', files: [{ view: 'omrade4_intressenter' }] },
  { id: 5, proposedDisposal: '2031-09-06', retention: TEN_YEARS, database: 'sminet2', files: [{ view: 'omrade5_anvandarloggar' }] },
  {
    id: 6,
    proposedDisposal: '2031-09-06',
    retention: TEN_YEARS,
    database: 'sminet2',
    files: LOG_TYPES.map(({ type }) => ({ view: `omrade6_loggar_${type}` })),
  },
  {
    id: 7,
    proposedDisposal: '2026-09-06',
    retention: FIVE_YEARS,
    database: 'epiark',
    files: [{ view: 'omrade7_kliniska_anmalningar' }, { view: 'omrade7_laboratorieanmalningar' }],
  },
];

/** The area with this number. */
export function areaOf(id: AreaId): Area {
  const found = AREAS[id - 1];
  if (!found) throw new Error(`no area has the number ${id}`);
  return found;
}

/** The area number in a text such as "7", else `undefined`. */
export function parseArea(input: string): AreaId | undefined {
  return /^[1-7]$/.test(input.trim()) ? (Number(input) as AreaId) : undefined;
}

/** The area that a contract view belongs to, by its name's number. */
export function areaOfView(view: string): Area {
  const area = AREAS.find(({ files }) => files.some((file) => file.view === view));
  if (!area) throw new Error(`no area has the view ${view}`);
  return area;
}

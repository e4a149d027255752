import type { Decision } from '../domain/decision.ts';
import type { Dialect } from '../domain/dialect.ts';
import { areas } from '../text.ts';
import { csvBytes, headerBytes, type Row } from './csv-writer.ts';

const COLUMNS: readonly { readonly name: string; readonly value: (decision: Decision) => string | undefined }[] = [
  { name: 'omrade', value: ({ area }) => String(area) },
  { name: 'omrade_namn', value: ({ area }) => areas[area].name },
  { name: 'beslut', value: ({ answer }) => answer },
  { name: 'beslutsdatum', value: ({ date }) => date },
  { name: 'beslutsfattare', value: ({ decidedBy }) => decidedBy },
  { name: 'diarienummer', value: ({ dnr }) => dnr },
  { name: 'inkom', value: ({ received }) => received },
  { name: 'ny_frist', value: ({ newEnd }) => newEnd },
  { name: 'patientkort', value: ({ cards }) => cards?.choice },
  { name: 'patientkort_rapport_uttagen', value: ({ cards }) => cards?.reportTaken },
  { name: 'dokumenthanteringsplan', value: ({ plan }) => plan },
  { name: 'beslutsbrev_sha256', value: ({ letterSha256 }) => letterSha256 },
  { name: 'kommentar', value: ({ comment }) => comment },
  { name: 'registrerat_av', value: ({ registeredBy }) => registeredBy },
  { name: 'registrerat', value: ({ registeredAt }) => registeredAt },
];

/**
 * `beslut.csv`: the decisions as recorded, in the region's dialect but always UTF-8, since it is a tag file of the bag
 * (RFC 8493 section 2.1.1) and a comment must never be able to stop a delivery.
 */
export function decisionTable(decisions: readonly Decision[], dialect: Dialect): Buffer {
  const head = { view: 'beslut', columns: COLUMNS };
  const inUtf8: Dialect = { ...dialect, encoding: 'utf-8' };
  const rows: Row[] = decisions.map((decision) => COLUMNS.map(({ value }) => value(decision) ?? null));
  return Buffer.concat([headerBytes(head, inUtf8), csvBytes(rows, inUtf8, head)]);
}

import type { BagFacts, StagedFile } from '../domain/package.ts';

/** Sums that the manifest, Payload-Oxum and the reversal all print (N14). Bytes are exact; rows are CSV records. */
export interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
}

/** All that was exported, in the order of the manifest and of the upload: tables by area, then attachments by number. */
export const payloadFiles = (facts: BagFacts): StagedFile[] => [...facts.tables, ...facts.attachments];

/** The sum of some files and the rows of the tables among them. */
export const totalsOf = (files: readonly Pick<StagedFile, 'bytes'>[], tables: readonly { readonly rows: number }[]): Totals => ({
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
});

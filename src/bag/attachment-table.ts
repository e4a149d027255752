import type { Column, StagedFile, TableShape } from '../domain/package.ts';
import { attachmentColumns } from '../text.ts';
import type { Row } from './csv-writer.ts';

/** Where attachments are, relative to the bag. */
export const ATTACHMENT_FOLDER = 'data/omrade2_bilagor';

/** What the source registered about one attachment; the names are personal data (D13). */
export interface RegisteredAttachment {
  readonly nr: number;
  readonly bilagaId: string;
  readonly anteckningId: string | null;
  readonly diarienummer: string;
  readonly filnamn: string;
}

const column = (name: keyof typeof attachmentColumns, type: string, source = name as string): Column => ({
  name,
  type,
  description: attachmentColumns[name],
  source: { column: source },
});

/** `omrade2_bilagor.csv`: what was registered, exactly, and where it is in the package (R27-R29). */
export const attachmentTable: TableShape = {
  view: 'omrade2_bilagor',
  area: 2,
  columns: [
    column('nr', 'bigint'),
    column('bilaga_id', 'text'),
    column('anteckning_id', 'text'),
    column('diarienummer', 'text'),
    column('filnamn', 'text'),
    column('levererad_sokvag', 'text', 'filnamn'),
    column('storlek', 'bigint'),
    column('sha256', 'text'),
  ],
};

/** The table's row for an attachment: what was registered, then what was written, not what the source claims of it. */
export const attachmentRow = (
  { nr, bilagaId, anteckningId, diarienummer, filnamn }: RegisteredAttachment,
  { path, bytes, sha256 }: StagedFile,
): Row => [String(nr), bilagaId, anteckningId, diarienummer, filnamn, path, String(bytes), sha256];

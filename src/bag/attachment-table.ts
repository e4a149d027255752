import type { Column, ExportedAttachment, TableShape } from '../domain/package.ts';
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

/**
 * The table's rows in key order. `written` has the same attachments in the same order: path in the bag, and bytes and sha256 of what was
 * written, not of what the source claims.
 */
export function* attachmentRows(
  registered: readonly RegisteredAttachment[],
  written: readonly Pick<ExportedAttachment, 'nr' | 'path' | 'bytes' | 'sha256'>[],
): Generator<Row> {
  for (const [at, { nr, bilagaId, anteckningId, diarienummer, filnamn }] of registered.entries()) {
    const file = written[at];
    if (file?.nr !== nr) throw new Error(`attachment #${nr} was not written in key order`);
    yield [String(nr), bilagaId, anteckningId, diarienummer, filnamn, file.path, String(file.bytes), file.sha256];
  }
}

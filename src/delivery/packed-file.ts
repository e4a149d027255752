import { attachmentNumber } from '../domain/delivery-events.ts';
import type { ExportedAttachment, ExportedTable, StagedFile } from '../domain/package.ts';

/** A file of the bag that is finished on disk, and how those who watch are told of it. */
export interface PackedFile extends StagedFile {
  /** Its path in the bag, or an attachment's number (D13). */
  readonly shownAs: string;
  /** 0 for what is no table. */
  readonly rows: number;
}

export const packedTable = ({ path, bytes, sha256, rows }: ExportedTable): PackedFile => ({ path, bytes, sha256, shownAs: path, rows });

export const packedAttachment = ({ path, bytes, sha256, nr }: ExportedAttachment): PackedFile => ({
  ...{ path, bytes, sha256 },
  shownAs: attachmentNumber(nr),
  rows: 0,
});

/** A manifest, a text, a table of decisions. */
export const packedTagFile = (file: StagedFile): PackedFile => ({ ...file, shownAs: file.path, rows: 0 });

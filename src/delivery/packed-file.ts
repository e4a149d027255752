import { attachmentNumber } from '../domain/delivery-events.ts';
import type { StagedFile } from '../domain/package.ts';

/** A file of the bag that is finished on disk: a table with its rows, an attachment with its number, or neither. */
export interface PackedFile extends StagedFile {
  readonly rows?: number;
  readonly nr?: number;
}

/** How those who watch are told of it: its path in the bag, or an attachment's number (D13). */
export const shownAs = ({ path, nr }: PackedFile): string => (nr === undefined ? path : attachmentNumber(nr));

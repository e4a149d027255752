import type { StagedFile } from '../../domain/package.ts';
import type { RemoteBag } from './attempt.ts';
import { readBack } from './read-back.ts';
import { openStaged, readStaged } from './staged-file.ts';

/** Content is compared in blocks of this many bytes. */
export const COMPARED_BLOCK = 4 * 1024 * 1024;

/** Bytes [from, to) of a file. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The blocks of [from, to) that the remote file does not have as the staged one does, neighbours as one, in order; what it lacks at its end differs.
 * Throws SftpStatusError and ConnectionLost; OperatorError as `openStaged` and `readStaged`.
 */
export async function* differences(bag: RemoteBag, file: StagedFile, from: number, to: number): AsyncGenerator<ByteRange, void> {
  const { handle } = await openStaged(bag.dir, file);
  try {
    let open: ByteRange | undefined;
    for (let position = from; position < to; position += COMPARED_BLOCK) {
      const end = Math.min(position + COMPARED_BLOCK, to);
      const local = Buffer.allocUnsafe(end - position);
      await readStaged(handle, file, local, position);
      const remote = await readBack(bag.session, bag.part.at(file.path), position, end);
      const isSame = remote.equals(local);
      if (isSame && open) yield open;
      open = isSame ? undefined : { from: open?.from ?? position, to: end };
    }
    if (open) yield open;
  } finally {
    await handle.close();
  }
}

/** Whether [from, to) of the remote file is what the staged file has there. Throws as `differences`. */
export async function rangeAgrees(bag: RemoteBag, file: StagedFile, from: number, to: number): Promise<boolean> {
  for await (const _ of differences(bag, file, from, to)) return false;
  return true;
}

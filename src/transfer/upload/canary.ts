import type { StagedFile } from '../../domain/package.ts';
import type { Attempt } from '../remote/attempt.ts';
import { rangeAgrees } from '../remote/compare-content.ts';
import { isStatus, STATUS } from '../sftp-errors.ts';

/** How much of the first file is sent with many requests at once and read back, before the rest follows. */
export const CANARY_BYTES = 4 * 1024 * 1024;
/** Requests come over this many channels while the server is tried. */
export const CANARY_CHANNELS = 2;

/** What was sent at full concurrency did not come back the same. */
export class CanaryDied extends Error {
  override readonly name = 'CanaryDied';
}

/**
 * Reads the first bytes of a file back that a server we do not know was sent by many requests at once, and remembers the answer.
 * An account that may not read cannot show that it is safe, so it is treated as if it were not.
 * Throws CanaryDied, ConnectionLost, SftpStatusError.
 */
export async function judgeCanary(attempt: Attempt, file: StagedFile, bytes: number): Promise<void> {
  const isRight = await rangeAgrees(attempt, file, 0, bytes).catch((error) => {
    if (isStatus(error, STATUS.PERMISSION_DENIED)) return false;
    throw error;
  });
  await attempt.knowledge.learn({ canary: isRight });
  if (!isRight) throw new CanaryDied();
}

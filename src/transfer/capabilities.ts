import type { RawSftp } from './ssh-connection.ts';

/** The largest write OpenSSH takes (255 KiB); a server that says less gets less. */
export const MAX_CHUNK = 261_120;
/** What ssh2 takes for the limit of a server that says nothing; 7 whole pages is what fits under it. */
const UNSAID_LIMIT = 31_952;
const PAGE_ALIGNED_CHUNK = 28_672;
/** Bytes on their way on one channel: somewhat more than the 2 MiB window that OpenSSH gives it. */
const IN_FLIGHT = 3 * 1024 * 1024;

/** What a server says that it can, as a channel opens. */
export interface Capabilities {
  readonly fsync: boolean;
  readonly statvfs: boolean;
  /** Bytes in one WRITE or READ. */
  readonly chunk: number;
  /** Whether it said so itself. */
  readonly isChunkSaid: boolean;
  /** Bytes that may be on their way on one channel. */
  readonly inFlight: number;
  /** How many handles one channel may hold open. */
  readonly openHandles: number;
}

/** Read from the extensions and limits that the server advertised; ssh2 keeps them where nothing types them. */
export function capabilitiesOf(sftp: RawSftp): Capabilities {
  const limit = Math.min(sftp._maxWriteLen ?? UNSAID_LIMIT, sftp._maxReadLen ?? UNSAID_LIMIT);
  return {
    fsync: sftp._extensions['fsync@openssh.com'] === '1',
    statvfs: sftp._extensions['statvfs@openssh.com'] === '2',
    chunk: limit === UNSAID_LIMIT ? PAGE_ALIGNED_CHUNK : Math.min(limit, MAX_CHUNK),
    isChunkSaid: limit !== UNSAID_LIMIT,
    inFlight: IN_FLIGHT,
    openHandles: sftp.maxOpenHandles ?? Number.POSITIVE_INFINITY,
  };
}

/** For a server that mixes up requests that come together: one at a time, on one handle. */
export const CAREFUL: Partial<Capabilities> = { chunk: PAGE_ALIGNED_CHUNK, inFlight: PAGE_ALIGNED_CHUNK, openHandles: 2 };

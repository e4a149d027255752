import type { ServerOffer } from './sftp-stream.ts';

/** The largest write OpenSSH takes (255 KiB); a server that says less gets less. */
const MAX_CHUNK = 261_120;
/** What OpenSSH before 8.5 and Dropbear take, which do not say it. */
const OLD_OPENSSH_CHUNK = 260_096;
const OLD_OPENSSH = /^(?:OpenSSH|dropbear)/;
/** For a server that says nothing: 7 whole pages, which a packet of 34,000 bytes holds, and so much all must take (draft, 3). */
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

/** Read from the extensions and limits that the server advertised. */
export function capabilitiesOf({ ident, extensions, limits }: ServerOffer): Capabilities {
  const unsaid = OLD_OPENSSH.test(ident) ? OLD_OPENSSH_CHUNK : undefined;
  const said = [limits?.write || unsaid, limits?.read || unsaid].filter((limit) => limit !== undefined);
  return {
    fsync: extensions.get('fsync@openssh.com') === '1',
    statvfs: extensions.get('statvfs@openssh.com') === '2',
    chunk: Math.min(...said, said.length === 2 ? MAX_CHUNK : PAGE_ALIGNED_CHUNK),
    isChunkSaid: said.length === 2,
    inFlight: IN_FLIGHT,
    openHandles: limits?.handles || Number.POSITIVE_INFINITY,
  };
}

/** For a server that mixes up requests that come together: one at a time, on one handle. */
export const CAREFUL: Partial<Capabilities> = { chunk: PAGE_ALIGNED_CHUNK, inFlight: PAGE_ALIGNED_CHUNK, openHandles: 2 };

import type { SftpChannel } from './sftp-channel.ts';

/** A file, open on one channel. */
export interface Lane {
  readonly channel: SftpChannel;
  readonly handle: Buffer;
}

import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import type { ChannelRamp } from './channel-ramp.ts';
import type { PartFolder } from './part-folder.ts';
import type { ServerKnowledge } from './server-knowledge.ts';
import type { TransferLog } from './transfer-log.ts';

/** A bag on the server as one connection sees it: one live session, the journal, where the bag is and where it goes. */
export interface RemoteBag {
  readonly session: SftpSession;
  readonly log: TransferLog;
  /** The local bag. */
  readonly dir: string;
  readonly part: PartFolder;
  readonly knowledge: ServerKnowledge;
  readonly signal: AbortSignal;
}

/** What every part of one attempt to send needs. */
export interface Attempt extends RemoteBag {
  /** Finds out how many channels pay; undefined where their number is given. */
  readonly ramp: ChannelRamp | undefined;
  /** Whether nothing on the server will prove the content, so that what is sent is hashed as it goes. */
  readonly hashesOnTheWay: boolean;
  /** Says how far a file has come: acknowledged bytes from its start (I2). */
  readonly onAcked: (file: StagedFile, bytes: number) => void;
  /** A file is there: every byte acknowledged, closed, and of the right size. */
  readonly onSent: (file: StagedFile) => void;
}

/** Throws OperatorError `stopped` once the operator asked the work to stop. */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new OperatorError('stopped');
}

import type { GrowingList } from '../domain/growing-list.ts';
import type { StagedFile } from '../domain/package.ts';
import type { AskSecret } from '../domain/secret-need.ts';
import type { Target, TargetBinding, Verification } from '../domain/target.ts';
import type { HostKey } from './login/host-keys.ts';
import type { KnownKey } from './login/known-hosts.ts';

/** The transfer's own journal, kept by whoever starts it; `append` returns after the line is on disk when `durable`. */
export interface TransferJournal {
  /** What earlier runs wrote; read once, before anything is appended. */
  readonly records: Iterable<TransferRecord> | AsyncIterable<TransferRecord>;
  append(record: TransferRecord, durable: boolean): Promise<void>;
}

/** The transfer's journal. One object per line; never a secret. */
export type TransferRecord =
  /** Again with the same folder when what was about to be published was exported anew. */
  | {
      readonly type: 'begin';
      readonly uploadId: string;
      readonly binding: TargetBinding;
      readonly bag: string;
      readonly temp: string;
      readonly published: string;
    }
  /** The folder of `begin` is the bag's own, and MKDIR made it: what is in it by our names is ours. */
  | { readonly type: 'made' }
  | {
      readonly type: 'open';
      readonly file: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly fingerprint: SourceFingerprint;
    }
  /** `acked` is W and `durable` is D, both in bytes from the start of the file. */
  | { readonly type: 'checkpoint'; readonly file: string; readonly acked: number; readonly durable: number; readonly sent: number }
  | { readonly type: 'sent'; readonly file: string; readonly bytes: number; readonly sha256: string; readonly durable: boolean }
  | { readonly type: 'resumed'; readonly file: string; readonly from: number; readonly resent: number }
  /** The server had another content than what was sent. */
  | { readonly type: 'differed'; readonly file: string }
  | { readonly type: 'verified'; readonly file: string; readonly sha256: string; readonly by: Verification }
  /** Everything is verified and about to be published; from here on the result can be told without the server. `tagManifest` is that file's SHA-256. */
  | { readonly type: 'renaming'; readonly verification: Verification; readonly notes: readonly string[]; readonly tagManifest: string }
  | { readonly type: 'renamed' }
  | { readonly type: 'done' }
  | { readonly type: 'abort'; readonly reason: string };

/** What tells a staged file that was changed after its hash was taken: device, inode, size, and time of change in ns. */
export type SourceFingerprint = string;

/** Who may be asked for what a login lacks; `remembering` keeps what they type, in memory only. */
export interface Credentials {
  readonly ask: AskSecret;
}

/** What has been learnt of one server; null where nothing is known yet. Kept by host key. */
export interface ServerProfile {
  readonly ident: string;
  /** The names of the extensions it advertised. */
  readonly ext: readonly string[];
  /** Bytes in one WRITE, and handles on one channel (null: it does not say). */
  readonly maxWrite: number;
  readonly maxHandles: number | null;
  readonly fsync: boolean;
  readonly posixRename: boolean;
  readonly statvfs: boolean;
  readonly exec: boolean | null;
  readonly setstat: boolean | null;
  /** Whether a file that is there may be opened for writing again. */
  readonly reopen: boolean | null;
  /** How many channels carried data when that was last found out. */
  readonly channels: number | null;
  /** Whether what was written by many requests at once was read back right. */
  readonly canary: boolean | null;
  /** Whether this account may list a folder. */
  readonly listing: boolean | null;
  /** Whether this account may look at names in a folder that it may not list. */
  readonly lstat: boolean | null;
}

/** Remembers servers between runs. What it forgets, or cannot keep, is found out anew. */
export interface CapabilityMemory {
  read(hostKey: string): Promise<ServerProfile | null>;
  write(hostKey: string, profile: ServerProfile): Promise<void>;
}

export interface SendRequest {
  readonly target: Target;
  /** What known_hosts says of the server; the settings' own `hostKey` wins over it, but a revoked key is never accepted. */
  readonly pinnedHostKeys: readonly KnownKey[];
  readonly bag: string;
  /** The local bag. */
  readonly dir: string;
  /** The files of the bag as they are finished: payload first, tag manifest last. Nothing is published before the list is complete. */
  readonly files: GrowingList<StagedFile>;
  /** What the bag is expected to weigh, in bytes, as long as `files` is not complete. */
  readonly expectedBytes: number;
  readonly journal: TransferJournal;
  /** D16: throws when host key, user, path, region or decisions are no longer the plan's. Called right before the first byte and right before publishing. */
  readonly verifyBinding: (seen: TargetBinding) => Promise<void>;
  readonly credentials?: Credentials;
  /** How long to go on trying after the line was lost, in ms (24 h, with --forgrund 10 minutes). */
  readonly maxOfflineMs: number;
  /** With `--forgrund` a full disk ends the run at once (16) instead of waiting. */
  readonly waitForSpace: boolean;
  /** What earlier runs learnt of servers; without it everything is found out anew. */
  readonly memory?: CapabilityMemory;
  /**
   * The operator's yes to what the receiver can see grow, on a server that takes no hidden folder or renames none; without it such a
   * server is an OperatorError `sftp_failed` with reason `no_dotted_folder` or `no_folder_rename`.
   */
  readonly allowVisible?: boolean;
  /** Its `wake` event ends a wait between two attempts. */
  readonly waking?: EventTarget;
  readonly signal: AbortSignal;
}

/** `file` is the very item of `SendRequest.files`; whoever shows it makes `omrade2_bilagor/#n` of an attachment (D13). */
export type TransferEvent =
  | { readonly type: 'connected'; readonly binding: TargetBinding }
  | {
      readonly type: 'progress';
      readonly stage: 'upload' | 'verify';
      readonly bytes: number;
      readonly totalBytes: number;
      readonly resumedBytes: number;
    }
  | {
      readonly type: 'file';
      readonly stage: 'upload' | 'verify';
      readonly file: StagedFile;
      readonly resumed: boolean;
    }
  | { readonly type: 'retry'; readonly attempt: number; readonly waitMs: number; readonly reason: string }
  | { readonly type: 'publishing' };

export interface SendResult {
  readonly remotePath: string;
  readonly binding: TargetBinding;
  readonly verification: Verification;
  readonly contentVerified: boolean;
  readonly bytesSent: number;
  readonly bytesResent: number;
  /** What the server could not do, as codes of `text.transferNotes`. */
  readonly notes: readonly string[];
}

/** What a first connection learns, before anything is exported: the key, the folder, and which bags of ours are there. */
export interface TargetReport {
  readonly binding: TargetBinding;
  readonly ident: string;
  /** Further host keys that the server has proven to have, for an operator to trust before they are the only ones. */
  readonly provenKeys: readonly HostKey[];
  /** Names in the target folder; none where this account may not list it. */
  readonly names: readonly string[];
  /** Whether this account is told if a name is there. */
  readonly mayLook: boolean;
  /** Bytes free for this account, or null where the server does not say. */
  readonly freeBytes: number | null;
}

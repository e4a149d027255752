import type { AreaId } from './areas.ts';
import type { ErrorFacts } from './operator-error.ts';
import type { SecretNeed } from './secret-need.ts';
import type { Verification } from './target.ts';

export type Stage = 'export' | 'bag' | 'upload' | 'verify' | 'publish';

/** What a delivery says while it runs: the wizard, line mode and `--json` are three readers of these. */
export type DeliveryEvent =
  | {
      readonly type: 'plan';
      readonly delivery: string;
      readonly region: string;
      readonly areas: readonly AreaId[];
      readonly bag: string;
      readonly estimate: { readonly bytes: number; readonly rows: number };
    }
  | {
      readonly type: 'status';
      readonly stage: Stage;
      /** Bytes done and in all, in this stage; acked bytes only (I2). */
      readonly bytes: number;
      readonly totalBytes: number;
      readonly rows: number;
      /** Bytes per second, or null when not known yet. */
      readonly rate: number | null;
      readonly paused?: true;
    }
  | {
      readonly type: 'file';
      readonly stage: 'export' | 'upload' | 'verify';
      /** The path in the bag, or `omrade2_bilagor/#n` (D13). */
      readonly file: string;
      readonly bytes: number;
      readonly rows: number;
      readonly sha256: string;
      readonly resumed?: true;
    }
  | { readonly type: 'retry'; readonly attempt: number; readonly wait: number; readonly reason: string }
  /** The login waits a minute for what only a person can give; `isOver` says that it no longer does, answered or not. */
  | ({ readonly type: 'credentials'; readonly question: number; readonly isOver?: true } & SecretNeed)
  | ResultEvent
  | { readonly type: 'error'; readonly code: number; readonly message: string; readonly error?: string; readonly facts?: ErrorFacts };

export interface ResultEvent {
  readonly type: 'result';
  readonly delivery: string;
  readonly bag: string;
  readonly remotePath: string;
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly bytesSent: number;
  readonly bytesResent: number;
  readonly contentVerified: boolean;
  readonly verification: Verification;
  readonly receipt: string;
}

/** What an attachment is called in events, logs and screens: its number, never its name (D13). */
export const attachmentNumber = (nr: number): string => `omrade2_bilagor/#${nr}`;

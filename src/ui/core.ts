import type { AreaId } from '../domain/areas.ts';
import type { Clock } from '../domain/calendar.ts';
import type { DecisionDraft } from '../domain/decision.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { KvittensDraft } from '../domain/delivery-record.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import type { RegionView } from '../domain/region-view.ts';

/** One row of S0: `id` is a key of `text.startChecks`. A failed one carries the operator error's one-line text. */
export interface StartCheck {
  readonly id: 'terminal' | 'settings' | 'state' | 'source' | 'targets' | 'host_keys' | 'disk';
  readonly state: 'waiting' | 'running' | 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** What S4 shows before anything is sent. */
export interface Review {
  readonly target: {
    readonly username: string;
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly hostKeyKnown: boolean;
    readonly agent?: true;
  } | null;
  readonly bag: string;
}

/** A key that a server shows, before anything is believed of it (V1). */
export interface ShownHostKey {
  readonly type: string;
  readonly fingerprint: string;
}

/** What holds a region's gate, as Swedish sentences. */
export interface UnmetConditions {
  readonly perArea: ReadonlyMap<AreaId, readonly string[]>;
  /** What could not be asked, so that an open gate rests on less. */
  readonly caveats: readonly string[];
}

/**
 * Everything the screens may ask the program for, given as one value: the wizard imports nothing that reads a database, a server or a disk.
 * Calls reject with `OperatorError`; anything else is our bug.
 */
export interface WizardCore {
  readonly clock: Clock;
  readonly operator: string;
  /** A state folder that was empty when the program started (S0 and S1 say so until the first decision). */
  readonly isNewState: boolean;
  /** The folder in which packages are built on this machine, and stay until they are cleaned away. */
  readonly staging: string;
  /** Runs the checks of S0; each yielded array is the whole table. */
  startChecks(): AsyncIterable<readonly StartCheck[]>;
  /** All 21 regions, read again from disk at every call. */
  overview(): Promise<readonly RegionView[]>;
  /** Saves one decision if the region still has `revision`; else `revision_conflict`. Wrong drafts are `decision_invalid`. */
  saveDecision(region: string, draft: DecisionDraft, revision: number): Promise<RegionView>;
  /** All estimates known so far, now and at every change, until aborted; only the regions in `visible` are counted exactly. A source that is down rejects. */
  estimates(visible: () => readonly string[], signal: AbortSignal): AsyncIterable<readonly ViewEstimate[]>;
  review(region: string): Promise<Review>;
  /** Starts or resumes the delivery's worker; resolves when it has a plan, and rejects with what kept it from one. */
  start(region: string, typedName: string): Promise<void>;
  /**
   * Events of the running delivery; ends with `result` or `error`, or just ends when the worker died. The first events are the current state:
   * the plan, the files so far and the status, so that a follower that comes late shows the same as one that was there from the start.
   */
  follow(region: string, signal: AbortSignal): AsyncIterable<DeliveryEvent>;
  pause(region: string): Promise<void>;
  /** Goes on with a paused, cut or failed delivery: its name was typed when it was started. */
  resume(region: string): Promise<void>;
  /** Ends the running worker's wait between two attempts. */
  retry(region: string): Promise<void>;
  stop(region: string): Promise<void>;
  /** Answers a worker's question about its login; null when nobody here can. */
  answer(region: string, question: number, secret: string | null): Promise<void>;
  /** The keys that the region's server shows; no login is tried. */
  hostKeys(region: string): Promise<readonly ShownHostKey[]>;
  /** Pins the key with this fingerprint, if the server shows it; `another_person` when a second operator must give it too. */
  trustHostKey(region: string, fingerprint: string): Promise<void>;
  saveReceipt(region: string, delivery: string, draft: KvittensDraft, revision: number): Promise<RegionView>;
  /** The text of the leveransreversal of a delivery, as in its bag. */
  reversal(region: string, delivery: string): Promise<string>;
  /** The last lines of the log of the region's delivery, or of the program. */
  log(region: string | undefined): Promise<readonly string[]>;
  /** Keeps the stack of an error of our own where the developers can be given it, and returns that file. */
  reportBug(error: unknown): string;
  unmetConditions(region: string): Promise<UnmetConditions>;
}

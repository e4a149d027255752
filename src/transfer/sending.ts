import { OperatorError } from '../domain/operator-error.ts';
import { sameBinding, type TargetBinding } from '../domain/target.ts';
import { prepareLogin } from './login/login.ts';
import { fillPart } from './proof/fill-part.ts';
import { Standing } from './proof/standing.ts';
import { preflight } from './publish/preflight.ts';
import { applyModes, type Publication, publish } from './publish/publish.ts';
import { publishEach } from './publish/publish-each.ts';
import { notesOf } from './publish/transfer-notes.ts';
import { stopIfAsked } from './remote/attempt.ts';
import { ChannelRamp, FIRST_CHANNELS } from './remote/channel-ramp.ts';
import { isInPlace, PartFolder } from './remote/part-folder.ts';
import { findOwnFolder, lookAt } from './remote/remote-tree.ts';
import { bindingOf } from './remote/seen-target.ts';
import { ServerKnowledge } from './remote/server-knowledge.ts';
import type { Begun } from './remote/transfer-log.ts';
import { TransferLog } from './remote/transfer-log.ts';
import { RetryPolicy } from './retry-policy.ts';
import type { SessionRequest } from './session/open-session.ts';
import { openSession } from './session/open-session.ts';
import type { SessionPatience } from './session/pending-requests.ts';
import type { SftpSession } from './session/sftp-session.ts';
import { ConnectionLost, isStatus, NOTHING_SENT, SpaceLow, STATUS, targetFacts, toOperatorError } from './sftp-errors.ts';
import type { SendRequest, SendResult, TransferEvent } from './transfer.ts';
import { PartUnusable } from './upload/upload.ts';
import { WIDE_FILE } from './upload/upload-large.ts';
import { waitBetweenAttempts } from './wait-between-attempts.ts';

export interface SendOptions {
  /** How long the server may be silent (default `PATIENCE`). */
  readonly patience?: SessionPatience;
  /** How often a full disk is asked for free space, in ms (default 30 s). */
  readonly spacePollMs?: number;
  /** How many channels carry data on the connection; by default as many as pay. */
  readonly channels?: number;
}

const SPACE_POLL_MS = 30_000;
/** After a stop was asked for: 3 s for replies and as much again for a checkpoint, then the line is cut. */
const STOP_MS = 6000;

/** What may be otherwise another time: the line, or the room on the server's disk. */
const isPassing = (error: unknown): boolean => error instanceof ConnectionLost || error instanceof SpaceLow;

/** One run of `sendBag`: attempts, one connection each, until the bag is published or nothing more is to be tried. */
export class Sending {
  readonly #request: SendRequest;
  readonly #options: SendOptions;
  readonly #emit: (event: TransferEvent) => void;
  readonly #log: TransferLog;
  readonly #standing: Standing;
  /** From the first byte on, what may pass is waited for; before it, everything that is wrong ends the run at once. */
  #isUnderWay = false;

  constructor(request: SendRequest, options: SendOptions, emit: (event: TransferEvent) => void) {
    this.#request = request;
    this.#options = options;
    this.#emit = emit;
    this.#log = new TransferLog(request.journal);
    this.#standing = new Standing(request, this.#log);
  }

  async run(): Promise<SendResult> {
    const { target, credentials, maxOfflineMs, waitForSpace, files, signal, waking } = this.#request;
    const standing = this.#standing;
    stopIfAsked(signal);
    await this.#log.replay();
    // Of a bag that was proven once it is asked whether it is still the same, before a line would stand idle for the length of an export.
    if (this.#log.outcome) await files.whole(signal);
    if (await this.#isPublished()) return this.#result();
    const auth = await prepareLogin(target, credentials);
    const spacePollMs = this.#options.spacePollMs ?? SPACE_POLL_MS;
    let policy = new RetryPolicy({ maxOfflineMs, waitForSpace, spacePollMs });
    let session: SftpSession | undefined;
    const onAbort = () => setTimeout(() => session?.kill(new ConnectionLost('stopped')), STOP_MS).unref();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        try {
          session = await this.#connect(session, auth, policy);
          await this.#work(session);
          return this.#result();
        } catch (error) {
          if (signal.aborted) throw new OperatorError('stopped', {}, error);
          const isFull = isStatus(error, STATUS.NO_SPACE, STATUS.QUOTA_EXCEEDED);
          const fault = isFull ? new SpaceLow(standing.totalBytes - standing.keptBytes, null) : error;
          const retry = this.#isUnderWay ? policy.next(fault, standing.keptBytes + standing.proof.proven.size) : null;
          if (retry === null) {
            if (files.isComplete || !isPassing(fault))
              throw toOperatorError(fault, { ...targetFacts(target), ...(!this.#log.begun && NOTHING_SENT) });
            session?.close();
            session = undefined;
            // The export is made whole whatever happens here (D15), so that giving up would gain nothing: by then the server may be back.
            await files.whole(signal);
            policy = new RetryPolicy({ maxOfflineMs, waitForSpace, spacePollMs });
            continue;
          }
          if (!session?.isReopenable) session?.close();
          this.#emit({ type: 'retry', ...retry });
          await waitBetweenAttempts(retry.waitMs, signal, waking);
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      session?.close();
    }
  }

  /** Whether an earlier run published this very bag. Throws OperatorError `bag_exists` when it published another content under its name. */
  async #isPublished(): Promise<boolean> {
    const { target, bag } = this.#request;
    if (this.#log.phase !== 'renamed' && this.#log.phase !== 'done') return false;
    if (!this.#isProven()) throw new OperatorError('bag_exists', { ...targetFacts(target), bag });
    if (this.#log.phase === 'renamed') await this.#log.append({ type: 'done' }, true);
    return true;
  }

  /** Whether what the journal proved last is what is staged now: an export that was made again (D15) may have come out differently. */
  #isProven(): boolean {
    const { files } = this.#request;
    return files.isComplete && this.#log.outcome?.tagManifest === files.items.at(-1)?.sha256;
  }

  /** A connection that only lost a channel is gone on with (F8); else a new one. */
  async #connect(last: SftpSession | undefined, auth: SessionRequest['auth'], policy: RetryPolicy): Promise<SftpSession> {
    const again = last?.isReopenable && (await last.reopen());
    if (again) return again;
    last?.close();
    policy.connecting();
    const { target, pinnedHostKeys, signal } = this.#request;
    return openSession({ target, pinnedHostKeys, auth, signal, patience: this.#options.patience });
  }

  /** One connection's work, from wherever the journal and the server are to the published bag. */
  async #work(session: SftpSession, known?: ServerKnowledge): Promise<void> {
    const { target, bag, files } = this.#request;
    const log = this.#log;
    const binding = await bindingOf(target, session);
    this.#emit({ type: 'connected', binding });
    await this.#verifyBinding(binding);
    const knowledge = known ?? (await ServerKnowledge.of(session, this.#request.memory));
    const isProvenNow = !(await this.#isOnlyToPublish(session));
    if (isProvenNow) {
      // Beside the looking: a channel takes as many round trips to open.
      const opening = this.#openChannels(session, knowledge);
      opening.catch(() => {}); // awaited when the looking is done
      const begun = await preflight({
        ...{ session, log, target, binding, bag },
        files: files.items,
        bytes: this.#standing.totalBytes,
        isUnderWay: this.#isUnderWay || log.phase === 'renaming',
        allowVisible: this.#request.allowVisible === true,
      });
      // Of what is proven anew, or has another content, nothing is proven yet: a cut from here on must not find the word of what was.
      if (log.phase === 'renaming') await log.append({ type: 'begin', ...begun }, true);
      this.#isUnderWay = true;
      await opening;
      const ramp = this.#options.channels === undefined && !knowledge.isCareful ? new ChannelRamp() : undefined;
      try {
        const there = { session, log, knowledge, ramp, part: PartFolder.of(begun) };
        await fillPart({ there, request: this.#request, standing: this.#standing, emit: this.#emit });
      } catch (error) {
        if (!(error instanceof PartUnusable)) throw error;
        // The bag has but one folder of its own.
        if (isInPlace(begun)) throw error.cause;
        await log.append({ type: 'abort', reason: 'part_unusable' }, true);
        // With what was learnt, also where that could not be kept: else the same would be met in one folder after another, without end.
        return this.#work(session, knowledge);
      }
      await this.#verifyBinding(await bindingOf(target, session));
      await this.#seal(this.#publication(session, knowledge, begun));
    }
    if (!log.begun) throw new Error('the journal publishes what it never began');
    this.#emit({ type: 'publishing' });
    const publication = this.#publication(session, knowledge, log.begun);
    // What has a name is read again, and that takes its time: a line lost here is waited for.
    this.#isUnderWay = true;
    if (!isInPlace(log.begun) && log.phase === 'renaming') return publish(publication, !isProvenNow);
    // As many requests as files: the channels are worth having.
    await this.#openChannels(session, knowledge);
    await publishEach(publication, isProvenNow);
  }

  /**
   * Whether the bag was proven by an earlier connection, and has lost its `.part` name or is published file by file: the names then say the rest.
   * As long as the `.part` folder is there it is proven anew, since nobody has watched over it from the proof to now (I1). A RENAME whose reply
   * was lost may be done only then (I9), so that the bag stands under its name: what is there is then proven file by file.
   */
  async #isOnlyToPublish(session: SftpSession): Promise<boolean> {
    const { begun, phase } = this.#log;
    if (!begun || !this.#isProven()) return false;
    if (isInPlace(begun)) return phase === 'renaming';
    if ((await findOwnFolder(session, this.#log)) !== 'nothing') return false;
    return phase === 'renaming' || Boolean(await lookAt(session, begun.published));
  }

  /** As many channels as were worth having the last time; one for a small bag and for a server to be tried, and with care where more did harm. */
  async #openChannels(session: SftpSession, { isCareful, needsCanary, profile }: ServerKnowledge): Promise<void> {
    if (!profile.fsync) session.restrict({ fsync: false });
    if (isCareful) return session.beCareful();
    const first = this.#standing.totalBytes <= WIDE_FILE ? 1 : FIRST_CHANNELS;
    await session.growTo(this.#options.channels ?? (needsCanary ? 1 : (profile.channels ?? first)));
  }

  #publication(session: SftpSession, knowledge: ServerKnowledge, begun: Begun): Publication {
    const { target, dir, signal, files } = this.#request;
    return { session, log: this.#log, dir, part: PartFolder.of(begun), knowledge, signal, target, begun, files: files.items };
  }

  /** The last thing before the rename: modes, and the journal's word that everything is proven. */
  async #seal(publication: Publication): Promise<void> {
    const { target, knowledge, files } = publication;
    const verification = this.#standing.proof.weakest ?? 'ack';
    const notes = notesOf(publication, verification);
    if (target.modes.file || target.modes.dir) {
      const setstat = await applyModes(publication);
      await knowledge.learn({ setstat });
      if (!setstat) notes.push('no_modes');
    }
    const tagManifest = files.at(-1)?.sha256 ?? '';
    await this.#log.append({ type: 'renaming', verification, notes, tagManifest }, true);
  }

  /** D16: the receiver is the plan's, and the one that an earlier run began with. */
  async #verifyBinding(seen: TargetBinding): Promise<void> {
    await this.#request.verifyBinding(seen);
    const { begun } = this.#log;
    if (begun && !sameBinding(begun.binding, seen)) throw new OperatorError('target_changed', targetFacts(this.#request.target));
  }

  #result(): SendResult {
    const { begun, outcome, bytesResent } = this.#log;
    if (!begun || !outcome) throw new Error('the journal ends without having begun');
    const { verification, notes } = outcome;
    return {
      remotePath: begun.published,
      binding: begun.binding,
      verification,
      contentVerified: verification === 'server' || verification === 'full',
      bytesSent: this.#standing.totalBytes + bytesResent,
      bytesResent,
      notes,
    };
  }
}

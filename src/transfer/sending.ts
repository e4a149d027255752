import { posix } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import { sameBinding, type TargetBinding } from '../domain/target.ts';
import type { Attempt } from './attempt.ts';
import { stopIfAsked } from './attempt.ts';
import { ByteCounter } from './byte-counter.ts';
import { ChannelRamp } from './channel-ramp.ts';
import { prepareLogin } from './login.ts';
import type { SessionRequest } from './open-session.ts';
import { openSession } from './open-session.ts';
import type { SessionPatience } from './pending-requests.ts';
import { preflight } from './preflight.ts';
import { Proof, Proving } from './prove-content.ts';
import { applyModes, publish } from './publish.ts';
import { RetryPolicy } from './retry-policy.ts';
import { bindingOf } from './seen-target.ts';
import { ServerKnowledge } from './server-knowledge.ts';
import { ConnectionLost, isStatus, SpaceLow, STATUS, targetFacts, toOperatorError } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';
import { verifyStagedFiles } from './staged-file.ts';
import type { SendRequest, SendResult, TransferEvent } from './transfer.ts';
import type { Begun } from './transfer-log.ts';
import { TransferLog } from './transfer-log.ts';
import { PartUnusable, planUpload, uploadFiles } from './upload.ts';
import { SMALL_FILE } from './upload-small.ts';

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

/** One run of `sendBag`: attempts, one connection each, until the bag is published or nothing more is to be tried. */
export class Sending {
  readonly #request: SendRequest;
  readonly #options: SendOptions;
  readonly #emit: (event: TransferEvent) => void;
  readonly #log: TransferLog;
  readonly #proof = new Proof();
  readonly #totalBytes: number;
  /** Bytes that earlier runs had brought to the server; known after the first look. */
  #resumedBytes: number | undefined;
  /** From the first byte on, what may pass is waited for; before it, everything that is wrong ends the run at once. */
  #isUnderWay = false;

  constructor(request: SendRequest, options: SendOptions, emit: (event: TransferEvent) => void) {
    this.#request = request;
    this.#options = options;
    this.#emit = emit;
    this.#log = new TransferLog(request.journal);
    this.#totalBytes = request.files.reduce((sum, file) => sum + file.bytes, 0);
  }

  async run(): Promise<SendResult> {
    const { target, credentials, maxOfflineMs, waitForSpace, signal } = this.#request;
    if (this.#log.phase === 'renamed') await this.#log.append({ type: 'done' }, true);
    if (this.#log.phase === 'done') return this.#result();
    const auth = await prepareLogin(target, credentials);
    const policy = new RetryPolicy({ maxOfflineMs, waitForSpace, spacePollMs: this.#options.spacePollMs ?? SPACE_POLL_MS });
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
          const fault = isFull ? new SpaceLow(this.#totalBytes - this.#kept(), null) : error;
          const retry = this.#isUnderWay ? policy.next(fault, this.#kept() + this.#proof.proven.size) : null;
          if (retry === null) throw toOperatorError(fault, targetFacts(target));
          if (!session?.isReopenable) session?.close();
          this.#emit({ type: 'retry', ...retry });
          await this.#rest(retry.waitMs);
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      session?.close();
    }
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

  /** Waits between two attempts, until the time is up, an operator does not want to wait, or the work is to stop. */
  async #rest(ms: number): Promise<void> {
    const { signal, waking } = this.#request;
    const woken = new AbortController();
    const wake = () => woken.abort();
    waking?.addEventListener('wake', wake);
    await pause(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => stopIfAsked(signal));
    waking?.removeEventListener('wake', wake);
  }

  /** One connection's work, from wherever the journal and the server are to the published bag. */
  async #work(session: SftpSession): Promise<void> {
    const { target, bag, files } = this.#request;
    const log = this.#log;
    const binding = await bindingOf(target, session);
    this.#emit({ type: 'connected', binding });
    await this.#verifyBinding(binding);
    if (log.phase !== 'renaming') {
      const knowledge = await ServerKnowledge.of(session, this.#request.memory);
      const begun = await preflight({
        ...{ session, log, target, binding, bag, files, knowledge },
        isUnderWay: this.#isUnderWay,
        allowVisible: this.#request.allowVisible === true,
      });
      this.#isUnderWay = true;
      await this.#openChannels(session, knowledge);
      const ramp = this.#options.channels === undefined && !knowledge.isCareful ? new ChannelRamp() : undefined;
      try {
        await this.#fill({ session, log, knowledge, ramp, temp: begun.temp });
      } catch (error) {
        if (!(error instanceof PartUnusable)) throw error;
        await log.append({ type: 'abort', reason: 'part_unusable' }, true);
        return this.#work(session);
      }
      await this.#verifyBinding(await bindingOf(target, session));
      await this.#seal(session, knowledge, begun);
    }
    if (!log.begun) throw new Error('the journal publishes what it never began');
    this.#emit({ type: 'publishing' });
    await publish({ session, log, target, begun: log.begun, files });
  }

  /** As many channels as were worth having the last time; one, and with care, where more did harm. */
  async #openChannels(session: SftpSession, { isCareful, needsCanary, profile }: ServerKnowledge): Promise<void> {
    if (!profile.fsync) session.restrict({ fsync: false });
    if (isCareful) return session.beCareful();
    await session.growTo(this.#options.channels ?? (needsCanary ? 1 : (profile.channels ?? 1)));
  }

  /** Uploads and proves everything in the `.part` folder, and that the staged files are still the ones that were sent. */
  async #fill(there: Pick<Attempt, 'session' | 'log' | 'knowledge' | 'ramp' | 'temp'>): Promise<void> {
    const { dir, files, signal, target } = this.#request;
    const uploaded = new ByteCounter();
    const verified = new ByteCounter();
    const resumed = new Set<string>();
    const progress = (stage: 'upload' | 'verify', counter: ByteCounter) =>
      this.#emit({ type: 'progress', stage, bytes: counter.total, totalBytes: this.#totalBytes, resumedBytes: this.#resumedBytes ?? 0 });

    let isSending = true;
    const attempt: Attempt = {
      ...there,
      dir,
      signal,
      onAcked: (file, bytes) => {
        uploaded.set(file.path, bytes);
        progress('upload', uploaded);
      },
      onSent: (file) => {
        const { path, bytes, sha256 } = file;
        this.#emit({ type: 'file', stage: 'upload', file: path, bytes, sha256, resumed: resumed.has(path) });
        proving.add(file);
      },
    };
    // One stage at a time is shown: what is proven while later files are on their way counts at once when the last has been sent.
    const onRead = (file: StagedFile, bytes: number) => {
      verified.set(file.path, bytes);
      if (!isSending) progress('verify', verified);
    };
    const onProven = (file: StagedFile) => {
      onRead(file, file.bytes);
      this.#emit({ type: 'file', stage: 'verify', file: file.path, bytes: file.bytes, sha256: file.sha256, resumed: false });
    };
    const proving = new Proving(attempt, files, target.verify, this.#proof, { onRead, onProven });
    try {
      const starts = await planUpload(attempt, files);
      for (const { file, from, isDone } of starts) {
        uploaded.set(file.path, from);
        if (this.#proof.proven.has(file.path)) verified.set(file.path, file.bytes);
        if (from > 0) resumed.add(file.path);
        if (isDone) proving.add(file);
      }
      this.#resumedBytes ??= uploaded.total;
      progress('upload', uploaded);
      await uploadFiles(attempt, starts);
      isSending = false;
      await attempt.knowledge.learn({ channels: attempt.session.dataChannels.length, fsync: attempt.session.can.fsync });
      await proving.finish();
    } catch (error) {
      await proving.halt();
      throw error;
    }
    await verifyStagedFiles(dir, files, this.#log, signal);
    stopIfAsked(signal);
  }

  /** The last thing before the rename: modes, and the journal's word that everything is proven. */
  async #seal(session: SftpSession, knowledge: ServerKnowledge, begun: Begun): Promise<void> {
    const { target, files } = this.#request;
    const verification = this.#proof.weakest ?? 'ack';
    const notes: string[] = [];
    const isSynced = ({ path, bytes }: StagedFile) => bytes <= SMALL_FILE || this.#log.file(path)?.durable === bytes;
    notes.push(files.every(isSynced) ? 'small_files_not_synced' : 'no_fsync');
    if (this.#log.hasGap) notes.push('journal_gap');
    if (!session.can.statvfs) notes.push('no_statvfs');
    if (!session.can.isChunkSaid) notes.push('no_limits');
    if (knowledge.isCareful) notes.push('careful');
    if (!posix.basename(begun.temp).startsWith('.')) notes.push('visible_folder');
    if (knowledge.profile.listing === false) notes.push('no_listing');
    if (knowledge.profile.reopen === false) notes.push('no_reopen');
    if (target.verify === 'server' && verification === 'full') notes.push('no_server_hash');
    if (target.verify !== 'ack' && verification === 'ack') notes.push('no_read');
    if (target.modes.file || target.modes.dir) {
      const setstat = await applyModes({ session, log: this.#log, target, begun, files });
      await knowledge.learn({ setstat });
      if (!setstat) notes.push('no_modes');
    }
    await this.#log.append({ type: 'renaming', verification, notes }, true);
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
      bytesSent: this.#totalBytes + bytesResent,
      bytesResent,
      notes,
    };
  }

  /** What the journal knows to be on the server, in bytes. */
  #kept(): number {
    return this.#request.files.reduce((sum, file) => sum + (this.#log.file(file.path)?.acked ?? 0), 0);
  }
}

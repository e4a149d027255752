import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { Verification, VerifyChoice } from '../../domain/target.ts';
import type { Attempt, RemoteBag } from '../remote/attempt.ts';
import { sizeWhenOpen } from '../remote/open-size.ts';
import { findBag } from '../remote/remote-tree.ts';
import { isUntouched } from '../remote/staged-file.ts';
import { removeSurplus } from '../remote/surplus.ts';
import { OPEN } from '../session/sftp-requests.ts';
import { factName, SftpStatusError } from '../sftp-errors.ts';
import { mendFile } from '../upload/mend-file.ts';
import { uploadAgain } from '../upload/upload.ts';
import { verifySource } from '../upload/upload-large.ts';
import type { VerificationPlan, VerifyListener } from './verify.ts';
import { planVerification, verifyFiles } from './verify.ts';

const WEAKEST_FIRST: readonly Verification[] = ['ack', 'seam', 'full', 'server'];

/**
 * What one run has proven so far; it outlives a reconnection, but for what a server that lost its power may have lost with it (`Proving.finish`),
 * and not the process, so that a new process proves everything anew.
 */
export class Proof {
  readonly proven = new Map<string, Verification>();
  readonly sentAgain = new Set<string>();

  /** The weakest proof that any file has; undefined before the first. */
  get weakest(): Verification | undefined {
    const ways = new Set(this.proven.values());
    return WEAKEST_FIRST.find((way) => ways.has(way));
  }
}

/** Hears of the proving: how many of a file's bytes have been read, and that it is proven. */
export interface ProvingListener {
  readonly onRead: VerifyListener['onRead'];
  readonly onProven: (file: StagedFile) => void;
}

/** Proves files as they have been sent, while later ones are still on their way. */
export class Proving {
  readonly #attempt: Attempt;
  readonly #plan: Promise<VerificationPlan>;
  readonly #proof: Proof;
  readonly #listener: ProvingListener;
  readonly #judging: VerifyListener;
  readonly #halt = new AbortController();
  /** Paths that this connection has proven. */
  readonly #provenNow = new Set<string>();
  #waiting: StagedFile[] = [];
  #wrong: StagedFile[] = [];
  #working: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(attempt: Attempt, choice: VerifyChoice, proof: Proof, listener: ProvingListener) {
    this.#attempt = { ...attempt, signal: AbortSignal.any([attempt.signal, this.#halt.signal]) };
    this.#proof = proof;
    this.#listener = listener;
    this.#plan = planVerification(attempt, attempt.knowledge.isCareful && !provesContent(choice) ? 'full' : choice);
    this.#plan.catch(() => {}); // awaited with the first file
    this.#judging = { onRead: listener.onRead, onResult: (file, isRight, by) => this.#judge(file, isRight, by) };
  }

  /** A file is on the server in full. */
  add(file: StagedFile): void {
    if (this.#failure || this.#proof.proven.has(file.path)) return;
    this.#waiting.push(file);
    this.#working ??= this.#work();
  }

  /** Ends the proving of what has not been proven: the sending has failed. */
  async halt(): Promise<void> {
    this.#halt.abort();
    await this.#working;
  }

  /**
   * Everything has been sent, and `files` are all of the bag. Proves that the `.part` folder is the staged bag: no file more (N13), every size, and the content.
   * What an earlier connection proved is proven again unless the server has made it durable: the line may have been lost because the server lost
   * its power, and with it what no fsync had been answered for, though the sizes still are right (I1).
   * A file that is wrong is mended or sent again, once, and proven again (N02).
   * Throws OperatorError `staged_file_changed` when the staged file is at fault, `checksum_mismatch` when it is still wrong, `sftp_failed` with reason `surplus_files`; else as `verifyFiles` and `uploadFiles`.
   */
  async finish(files: readonly StagedFile[]): Promise<void> {
    for (;;) {
      await this.#working;
      if (this.#failure) throw this.#failure.error;
      const doubtful: StagedFile[] = [];
      for (const file of await wrongSizes(this.#attempt, files))
        ((await isRightWhenOpen(this.#attempt, file)) ? doubtful : this.#wrong).push(file);
      await verifyFiles(
        this.#attempt,
        doubtful.filter((file) => !this.#isContentProven(file)),
        { by: 'full' },
        this.#judging,
      );
      await verifyFiles(this.#attempt, this.#unwatched(files), await this.#plan, this.#judging);
      const wrong = new Set(this.#wrong);
      this.#wrong = [];
      if (wrong.size === 0) return;
      for (const file of wrong) await this.#sendAgainOnce(file);
    }
  }

  /** Of what is not known to be wrong: what an earlier connection proved and no fsync was answered for. */
  #unwatched(files: readonly StagedFile[]): readonly StagedFile[] {
    const wrong = new Set(this.#wrong);
    return files.filter((file) => !this.#provenNow.has(file.path) && !wrong.has(file) && !this.#attempt.log.isDurable(file));
  }

  /** Takes what has come together meanwhile as one batch, so that a command hashes many small files. */
  async #work(): Promise<void> {
    try {
      const plan = await this.#plan;
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        await verifyFiles(this.#attempt, batch, plan, this.#judging);
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#working = undefined;
    }
  }

  async #judge(file: StagedFile, isRight: boolean, by: Verification): Promise<void> {
    if (!(await this.#isOfTheExport(file, isRight, by))) return void this.#wrong.push(file);
    const isFirst = !this.#proof.proven.has(file.path);
    this.#proof.proven.set(file.path, by);
    this.#provenNow.add(file.path);
    await this.#attempt.log.append({ type: 'verified', file: file.path, sha256: file.sha256, by }, false);
    if (isFirst) this.#listener.onProven(file);
  }

  /** What was not hashed on its way: if the server holds something else, or its content cannot be read, the staged file says whose fault that is. */
  async #isOfTheExport(file: StagedFile, isRight: boolean, by: Verification): Promise<boolean> {
    const { dir, log, hashesOnTheWay } = this.#attempt;
    if (hashesOnTheWay || (isRight && isOfContent(by))) return isRight;
    await verifySource(this.#attempt, file);
    return isRight && (await isUntouched(dir, file, log));
  }

  #isContentProven(file: StagedFile): boolean {
    const by = this.#proof.proven.get(file.path);
    return by !== undefined && isOfContent(by);
  }

  async #sendAgainOnce(file: StagedFile): Promise<void> {
    const { proven, sentAgain } = this.#proof;
    if (sentAgain.has(file.path)) throw new OperatorError('checksum_mismatch', { file: factName(file.path) });
    proven.delete(file.path);
    this.#provenNow.delete(file.path);
    await this.#attempt.log.append({ type: 'differed', file: file.path }, false);
    if (!(await mendFile(this.#attempt, file))) await uploadAgain(this.#attempt, file);
    // Only now: a line that was lost meanwhile leaves a file that still differs, and that is no server which stores wrongly (F3).
    sentAgain.add(file.path);
  }
}

const isOfContent = (by: Verification): boolean => by === 'server' || by === 'full';

/** Whether the content of every file is proven on the server, where the account may read. */
export const provesContent = (choice: VerifyChoice): boolean => choice !== 'seam' && choice !== 'ack';

/** A server may list another size than the open file has (F42): then the open file counts, and its whole content is proven whatever was chosen. */
async function isRightWhenOpen(bag: RemoteBag, file: StagedFile): Promise<boolean> {
  try {
    return (await sizeWhenOpen(bag.session, bag.part.at(file.path), OPEN.READ)) === file.bytes;
  } catch (error) {
    if (error instanceof SftpStatusError) return false;
    throw error;
  }
}

/** Those files that the server lists with another size, or not at all. The listing is compared as it comes and never held. Throws as `removeSurplus`. */
async function wrongSizes(bag: RemoteBag, files: readonly StagedFile[]): Promise<StagedFile[]> {
  const expected = new Map(files.map((file) => [bag.part.nameOf(file.path), file]));
  const wrong = new Set(files);
  const surplus = new Set<string>();
  const folders = await findBag(bag, expected.keys(), (name, there) => {
    const file = expected.get(name);
    if (!file) surplus.add(name);
    else if (there.kind === 'unseen' || (there.kind === 'file' && there.size === file.bytes)) wrong.delete(file);
  });
  await removeSurplus(bag, expected.keys(), surplus, folders);
  return [...wrong];
}

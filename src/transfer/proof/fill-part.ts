import type { StagedFile } from '../../domain/package.ts';
import type { Attempt } from '../remote/attempt.ts';
import { stopIfAsked } from '../remote/attempt.ts';
import { verifyStagedFiles } from '../remote/staged-file.ts';
import type { SendRequest, TransferEvent } from '../transfer.ts';
import type { Start } from '../upload/upload.ts';
import { planUpload, uploadFiles } from '../upload/upload.ts';
import { ByteCounter } from './byte-counter.ts';
import { Proving, provesContent } from './prove-content.ts';
import type { Standing } from './standing.ts';

export interface FillRequest {
  readonly there: Pick<Attempt, 'session' | 'log' | 'knowledge' | 'ramp' | 'part'>;
  readonly request: Pick<SendRequest, 'dir' | 'files' | 'target' | 'signal'>;
  readonly standing: Standing;
  readonly emit: (event: TransferEvent) => void;
}

/**
 * Uploads every file of the bag as it comes and proves it in the `.part` folder, and at the end that the staged files are still the ones that
 * were sent. Throws what `uploadFiles`, `Proving` and the list of files throw.
 */
export async function fillPart({ there, request, standing, emit }: FillRequest): Promise<void> {
  const { dir, files, signal, target } = request;
  const { proof } = standing;
  const uploaded = new ByteCounter();
  const verified = new ByteCounter();
  const resumed = new Set<string>();
  const progress = (stage: 'upload' | 'verify', counter: ByteCounter) =>
    emit({ type: 'progress', stage, bytes: counter.total, totalBytes: standing.totalBytes, resumedBytes: standing.resumedBytes });

  const told = (file: StagedFile) => emit({ type: 'file', stage: 'upload', file, resumed: resumed.has(file.path) });

  let isSending = true;
  const attempt: Attempt = {
    ...there,
    dir,
    hashesOnTheWay: !provesContent(target.verify),
    signal,
    onAcked: (file, bytes) => {
      uploaded.set(file.path, bytes);
      progress('upload', uploaded);
    },
    onSent: (file) => {
      told(file);
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
    emit({ type: 'file', stage: 'verify', file, resumed: false });
  };
  // A failure may come while the next file is waited for: whoever waits must not go by this connection when it comes, beside the next one.
  const leaving = new AbortController();
  const planning = { ...attempt, signal: AbortSignal.any([signal, leaving.signal]) };
  const proving = new Proving(attempt, target.verify, proof, { onRead, onProven });

  async function* missing(): AsyncGenerator<Start, void> {
    for await (const start of planUpload(planning, files)) {
      const { file, from, isDone } = start;
      const isNew = standing.meet(file, from);
      uploaded.set(file.path, from);
      if (from > 0) resumed.add(file.path);
      progress('upload', uploaded);
      // What is sent again, perhaps to another folder, is not what was proven.
      if (!isDone) proof.proven.delete(file.path);
      if (proof.proven.has(file.path)) verified.set(file.path, file.bytes);
      if (isDone && isNew) told(file);
      if (isDone) proving.add(file);
      else yield start;
    }
  }

  try {
    await uploadFiles(attempt, missing());
    isSending = false;
    await attempt.knowledge.learn({ channels: attempt.session.dataChannels.length, fsync: attempt.session.can.fsync });
    await proving.finish(files.items);
  } catch (error) {
    leaving.abort();
    await proving.halt();
    throw error;
  }
  await verifyStagedFiles(dir, files.items, there.log, signal);
  stopIfAsked(signal);
}

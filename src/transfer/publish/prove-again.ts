import type { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import { planVerification, verifyFiles } from '../proof/verify.ts';
import type { RemoteBag } from '../remote/attempt.ts';

/**
 * Proves files once more as the bag was proven before its publishing began; where they lie is `bag.part`.
 * Throws what `wrong` makes of the first that is another now, and as `verifyFiles`.
 */
export async function proveAgain(bag: RemoteBag, files: readonly StagedFile[], wrong: (file: StagedFile) => OperatorError): Promise<void> {
  if (files.length === 0) return;
  const plan = await planVerification(bag, bag.log.outcome?.verification ?? 'auto');
  await verifyFiles(bag, files, plan, {
    onRead: () => {},
    onResult: async (file, isRight) => {
      if (!isRight) throw wrong(file);
    },
  });
}

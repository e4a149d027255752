import { OperatorError } from './operator-error.ts';

/** A file system error as what an operator can act on (`permission_local`, `local_disk_full`); anything else comes back as it is. */
export function localError(error: unknown, path: string): unknown {
  switch ((error as { readonly code?: unknown } | undefined)?.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new OperatorError('permission_local', { path }, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return new OperatorError('local_disk_full', { path }, error);
    default:
      return error;
  }
}

/** Work on the file system, whose errors come as `localError` says and name `path`. */
export async function orLocalError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw localError(error, path);
  }
}

import { localError } from './local-error.ts';
import { OperatorError } from './operator-error.ts';

/** What is wrong with a path that the operator gave: a key of `text.pathProblems`. */
export type PathProblem = 'missing' | 'not_a_folder' | 'not_a_file';

const PROBLEMS: Readonly<Record<string, PathProblem>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ENAMETOOLONG: 'missing',
  EISDIR: 'not_a_file',
};

/** A file system error about a path that the operator gave: `path_invalid` where the path is wrong, else as `localError`. */
export function givenPathError(error: unknown, path: string): unknown {
  const problem = PROBLEMS[(error as { readonly code?: string }).code ?? ''];
  return problem ? new OperatorError('path_invalid', { path, problem }, error) : localError(error, path);
}

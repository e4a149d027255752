import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Why a suite that needs a C compiler is skipped, for its title. */
export const CC_SKIP = spawnSync('cc', ['--version']).status === 0 ? '' : ' (SKIPPED: no C compiler on this machine)';

/** rename(2) as a file system answers that renames files and no folder: OpenSSH publishes a file by link(2) and unlink(2). */
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
int rename(const char *from, const char *to) {
  struct stat found;
  if (lstat(from, &found) == 0 && S_ISDIR(found.st_mode)) { errno = EXDEV; return -1; }
  int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
  return next(from, to);
}
`;

/** Makes it in a folder; a process that is started with it as LD_PRELOAD renames no folder. */
export async function noFolderRenameLibrary(folder: string): Promise<string> {
  const [source, library] = [join(folder, 'rename.c'), join(folder, 'rename.so')];
  await writeFile(source, SOURCE);
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}

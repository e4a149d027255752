import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * `src/` as JavaScript that a plain `node` process can import, so that tests can start and kill real processes.
 * Types are stripped, not checked. The folder is inside the project, where libraries are found; `remove` takes it away.
 */
export async function compileSource(
  ...folders: readonly string[]
): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const cache = join(ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'compiled-'));
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  const wanted = names.filter(
    (name) => name.endsWith('.ts') && (!name.includes('/') || folders.some((folder) => name.startsWith(`${folder}/`))),
  );
  await Promise.all(
    wanted.map(async (name) => {
      const { outputText } = ts.transpileModule(await readFile(join(ROOT, 'src', name), 'utf8'), {
        fileName: name,
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      const target = join(dir, name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }),
  );
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

// `node --import ./test/bench/typescript.mjs file.ts`: lets plain node run our TypeScript. Types are stripped, not checked.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// The compiler is kept out of the heap that is measured: the hooks run in a thread of their own.
const isHooks = new URL(import.meta.url).searchParams.has('hooks');
const ts = isHooks && (await import('typescript')).default;
if (!isHooks) register(`${import.meta.url}?hooks`);

export async function load(url, context, next) {
  if (!/\.tsx?$/.test(url)) return next(url, context);
  const { outputText } = ts.transpileModule(await readFile(fileURLToPath(url), 'utf8'), {
    fileName: fileURLToPath(url),
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, jsx: ts.JsxEmit.ReactJSX },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}

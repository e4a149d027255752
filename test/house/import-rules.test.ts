import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CRUISER = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sminet-house-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) await cp(join(ROOT, file), join(dir, file));
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

/** What the rules say of a house with these files. */
async function cruise(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const run = promisify(execFile)(process.execPath, [CRUISER, 'src'], { cwd: dir, encoding: 'utf8' });
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

describe('the import rules find what they are for', () => {
  it('lets an arrow that the house has pass', async () => {
    const said = await cruise({
      'src/main.ts': "import { run } from './store/a.ts';\nrun();\n",
      'src/store/a.ts': "import { one } from '../domain/b.ts';\nexport const run = () => one;\n",
      'src/domain/b.ts': 'export const one = 1;\n',
    });
    expect(said).toContain('no dependency violations found');
  });

  it('finds a planted arrow upwards, also when it is only a type', async () => {
    const said = await cruise({
      'src/domain/a.ts': "import type { B } from '../store/b.ts';\nexport type A = B;\n",
      'src/store/b.ts': 'export type B = 1;\n',
    });
    expect(said).toContain('arrows-from-domain');
  });

  it('finds a planted arrow upwards inside transfer/', async () => {
    const said = await cruise({
      'src/transfer/session/a.ts': "import { b } from '../upload/b.ts';\nexport const a = () => b;\n",
      'src/transfer/upload/b.ts': 'export const b = 1;\n',
    });
    expect(said).toContain('arrows-from-transfer-session');
  });

  it('finds a planted arrow between neighbours, and a cycle', async () => {
    const said = await cruise({
      'src/bag/a.ts': "import { b } from '../transfer/b.ts';\nexport const a = () => b;\n",
      'src/transfer/b.ts': "import { a } from '../bag/a.ts';\nexport const b = () => a;\n",
    });
    expect(said).toContain('arrows-from-bag');
    expect(said).toContain('no-cycles');
  });
});

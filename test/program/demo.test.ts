import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const DEMO = resolve(import.meta.dirname, '../../dist/demo/main.js');

it('the demo says in Swedish that its receiver’s port is taken, and how to begin anew', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sminet-demo-'));
  const other = createServer().listen(0, '127.0.0.1');
  try {
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await mkdir(join(dir, '.demo'));
    await writeFile(join(dir, '.demo/ports.json'), JSON.stringify({ sftp: port }));
    const demo = spawn(process.execPath, [DEMO], { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
    const [words, [code]] = await Promise.all([text(demo.stderr), once(demo, 'exit')]);
    expect(words).toContain(`Port ${port} på den här datorn är upptagen`);
    expect(words).toContain('npm run demo -- --ren');
    expect(words).not.toContain('    at ');
    expect(code).toBe(1);
  } finally {
    other.close();
    await rm(dir, { recursive: true });
  }
});

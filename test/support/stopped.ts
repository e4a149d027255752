import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** Stops a process as Ctrl-Z or the system would, and resolves when it stands still. Whoever stops it wakes or kills it. */
export async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const state = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').charAt(0);
  await expect.poll(state).toBe('T');
}

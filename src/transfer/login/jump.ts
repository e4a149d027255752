import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/**
 * A line to a server through the jump hosts of the operator's ssh configuration: OpenSSH's own `-W`, so that their keys, agents and further
 * hops are its business, with no question asked and no unknown jump host accepted. All it carries is encrypted and checked end to end by us.
 */
export function throughJump(jump: string, host: string, port: number): Duplex {
  const hops = jump.split(',');
  const last = hops.pop() ?? '';
  const before = hops.length > 0 ? ['-J', hops.join(',')] : [];
  const quiet = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'];
  const [, name = last, jumpPort] = /^(?:ssh:\/\/)?(.+?)(?::(\d+))?$/.exec(last) ?? [];
  const args = [...quiet, ...before, ...(jumpPort ? ['-p', jumpPort] : []), '-W', `[${host}]:${port}`, '--', name];
  const ssh = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const line = Duplex.from({ writable: ssh.stdin, readable: ssh.stdout });
  ssh.once('error', (error) => line.destroy(error));
  line.once('close', () => ssh.kill());
  return line;
}

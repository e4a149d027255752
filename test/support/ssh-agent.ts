import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface SshAgent {
  readonly socket: string;
  add(keyFile: string): void;
  close(): Promise<void>;
}

/** A real ssh-agent of its own at this socket, which must not exist. */
export async function startSshAgent(socket: string): Promise<SshAgent> {
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  // Its file is there before anybody listens at it.
  while (!(await listens(socket))) {
    if (agent.exitCode !== null || agent.signalCode !== null) throw new Error('ssh-agent did not start');
    await pause(10);
  }
  return {
    socket,
    add: (keyFile) => void execFileSync('ssh-add', ['-q', keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' }),
    async close() {
      if (agent.exitCode !== null || agent.signalCode !== null) return;
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
    },
  };
}

async function listens(path: string): Promise<boolean> {
  const socket = connect(path);
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

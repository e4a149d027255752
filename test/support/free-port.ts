import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux (from 32768) and everybody else (from 49152) hand out by themselves. */
const [LOWEST, HIGHEST] = [10_240, 32_767];

/**
 * A loopback port that is free, for a server that must be told its port, or for nobody. The system gives it to nobody else meanwhile, neither to a
 * server that takes any port nor to the near end of a connection; so it is still free when the server that had it starts again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

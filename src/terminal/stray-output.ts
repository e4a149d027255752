type Write = NodeJS.WriteStream['write'];

/**
 * Keeps what a library or Node itself prints from tearing the screens, until the returned function is called: `tell` gets its trace instead,
 * named `stdout`, `stderr` or as the warning. What it said is not told: nobody knows what a library puts in its words (D13).
 * The painter is not touched by it, since it writes to the terminal's descriptor.
 */
export function withholdOutput(tell: (trace: Error) => void): () => void {
  const release = [withhold(process.stdout, 'stdout', tell), withhold(process.stderr, 'stderr', tell)];
  // Node prints its warnings past the streams, from a listener of its own.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', tell);
  return () => {
    for (const each of release) each();
    process.off('warning', tell);
    for (const listener of listeners) process.on('warning', listener);
  };
}

function withhold(stream: NodeJS.WriteStream, name: string, tell: (trace: Error) => void): () => void {
  const { write } = stream;
  stream.write = ((_chunk: unknown, ...rest: readonly unknown[]) => {
    const trace = new Error(name);
    trace.name = name;
    tell(trace);
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  }) as Write;
  return () => {
    stream.write = write;
  };
}

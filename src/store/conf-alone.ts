/**
 * conf without its hold on signals. Its atomic writer listens to every signal and sends each one to this process a second time, so that
 * "stop safely" would at once become the second Ctrl-C that leaves. What it would do then, removing its own
 * temporary file, is not worth that: such a file is never read.
 */
const signalListeners = () =>
  process
    .eventNames()
    .filter((name) => String(name).startsWith('SIG'))
    .flatMap((name) => process.rawListeners(name as NodeJS.Signals).map((listener) => ({ name, listener })));

const ours = new Set(signalListeners().map(({ listener }) => listener));
export const { default: Conf } = await import('conf');
for (const { name, listener } of signalListeners()) {
  if (!ours.has(listener)) process.off(name, listener as () => void);
}

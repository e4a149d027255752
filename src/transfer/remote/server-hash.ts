import type { SftpSession } from '../session/sftp-session.ts';

/**
 * Tools that hash on the server; each prints `<hash> <name>` per file, in the order asked. The fastest first: openssl uses the processor's own
 * SHA instructions where sha256sum mostly does not (docs/performance.md).
 */
const TOOLS = ['openssl dgst -sha256 -r', 'sha256sum --', 'shasum -a 256 --'] as const;
export type HashTool = (typeof TOOLS)[number];

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PROBE_MS = 5000;
const HASH_MS = 60_000;
/** A slow disk's reading rate, to know when a hash is overdue. */
const SLOWEST_BYTES_PER_MS = 5000;
/** Well under what servers take as a command line. */
const MAX_COMMAND = 16 * 1024;

/** Single quotes keep everything but themselves. Throws for what no command line can carry. */
export function shellQuote(path: string): string {
  if (/[\0\n\r]/.test(path)) throw new Error('a path with a line end or NUL cannot be quoted');
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** The first tool that hashes nothing to the right value, or null where no command may run. */
export async function probeHashTool(session: SftpSession): Promise<HashTool | null> {
  for (const tool of TOOLS) {
    const output = await session.exec(`${tool} /dev/null`, PROBE_MS);
    if (output?.startsWith(EMPTY_SHA256)) return tool;
  }
  return null;
}

/** Files as commands of a sane length, in order. `bytes` and `path` (remote) of each are used. */
export function commandGroups<F extends { readonly path: string }>(files: readonly F[], root: string): F[][] {
  const groups: F[][] = [];
  let length = MAX_COMMAND;
  for (const file of files) {
    const cost = Buffer.byteLength(root) + Buffer.byteLength(file.path) * 2 + 4;
    if (length + cost > MAX_COMMAND) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(file);
    length += cost;
  }
  return groups;
}

/** The SHA-256 of remote files as the server computes them, in order; null when the command did not give one for each. */
export async function serverHashes(
  session: SftpSession,
  tool: HashTool,
  paths: readonly string[],
  bytes: number,
): Promise<readonly string[] | null> {
  const output = await session.exec(`${tool} ${paths.map(shellQuote).join(' ')}`, HASH_MS + bytes / SLOWEST_BYTES_PER_MS);
  // GNU marks a line whose name it had to escape with a backslash.
  const hashes = output?.split('\n').flatMap((line) => /^\\?([0-9a-f]{64}) /.exec(line)?.[1] ?? []);
  return hashes?.length === paths.length ? hashes : null;
}

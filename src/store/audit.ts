import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { isMissing, openFile } from './shared-files.ts';
import { withLock } from './short-lock.ts';
import type { StateFolder } from './state-folder.ts';

/** How the whole log stands (N09). `head` is the last good line's sha256; an empty log has the chain's root. */
export interface AuditReport {
  readonly intact: boolean;
  readonly lines: number;
  readonly head: string;
  /** The first line that is not as it was written, from 1. */
  readonly firstBadLine?: number;
  /** The entries before the first bad line, oldest first. */
  readonly entries: readonly AuditEntry[];
}

/** What the first line carries in place of a line before it. */
const ROOT = '0'.repeat(64);

/**
 * `{"prev":"<sha256 of the line before>",…,"sha256":"<sha256 of every byte that stands before this key's comma>"}`:
 * each line also carries its own, so that a change of the last line shows as well.
 */
const LINE = /^(\{"prev":"([0-9a-f]{64})",.*),"sha256":"([0-9a-f]{64})"\}$/;

const LINE_FEED = 0x0a;

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Reads the chain from its root to its end or to the first line that breaks it. Never writes. */
export async function verifyAudit({ audit }: Pick<StateFolder, 'audit'>): Promise<AuditReport> {
  return report(await readLog(audit));
}

async function readLog(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw localError(error, path);
  }
}

function report(content: Buffer): AuditReport {
  const lines = linesOf(content);
  const entries: AuditEntry[] = [];
  let head = ROOT;
  for (const [index, line] of lines.entries()) {
    const [, body, prev, own] = LINE.exec(line) ?? [];
    if (body === undefined || own === undefined || prev !== head || sha256(Buffer.from(body, 'latin1')) !== own) {
      return { intact: false, lines: lines.length, head, firstBadLine: index + 1, entries };
    }
    const { prev: _prev, sha256: _own, ...entry } = JSON.parse(Buffer.from(line, 'latin1').toString('utf8'));
    entries.push(entry as AuditEntry);
    head = own;
  }
  return { intact: true, lines: lines.length, head, entries };
}

/** Latin 1 keeps every byte apart, where UTF-8 would read two different broken bytes as the same character. */
function linesOf(content: Buffer): string[] {
  const lines = content.toString('latin1').split('\n');
  const last = lines.pop() ?? '';
  // What a crash cut off has no end of its own; a last line that has one lacks only its line feed, or was changed after it.
  return /"sha256":"[0-9a-f]{64}"\}/.test(last) ? [...lines, last] : lines;
}

/**
 * Adds one line to the chain and returns its sha256; on disk when it resolves. Any number of processes may append at once.
 * Throws `state_corrupt` when the chain is broken: a good line after a bad one would hide it.
 */
export function appendAudit({ audit, locks }: Pick<StateFolder, 'audit' | 'locks'>, entry: AuditEntry): Promise<string> {
  return withLock(`${locks}/audit`, async () => {
    const content = await readLog(audit);
    const { intact, head, firstBadLine = 0 } = report(content);
    if (!intact) throw new OperatorError('state_corrupt', { problem: 'audit', path: audit, line: firstBadLine });
    const body = JSON.stringify({ prev: head, ...entry }).slice(0, -1);
    const own = sha256(body);
    const end = linesOf(content).join('\n').length;
    const whole = content[end] === LINE_FEED ? end + 1 : end;
    const feed = end > 0 && whole === end ? '\n' : '';
    const handle = await openFile(audit, 'a');
    try {
      if (content.length > whole) await handle.truncate(whole);
      await handle.appendFile(`${feed}${body},"sha256":"${own}"}\n`);
      await handle.sync();
    } catch (error) {
      throw localError(error, audit);
    } finally {
      await handle.close();
    }
    return own;
  });
}

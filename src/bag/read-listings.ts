import { createHash, getHashes } from 'node:crypto';
import { join } from 'node:path';
import { PROGRAM } from './bag-info.ts';
import type { Report } from './bag-report.ts';
import { isSafePath, readUnlessGone } from './list-files.ts';
import { manifestText, parseManifest } from './manifest.ts';

/** The hashes that the manifests promise for a file, by the algorithm's name in `node:crypto`. */
type Promised = ReadonlyMap<string, string>;

/** What a bag's own listings say. Every path in it is safe to use. */
export interface Listings {
  /** In the order of the first manifest that lists them. */
  readonly payload: ReadonlyMap<string, Promised>;
  readonly tags: ReadonlyMap<string, Promised>;
  /** Payload-Oxum, if `bag-info.txt` has one. */
  readonly oxum: { readonly bytes: number; readonly files: number } | undefined;
  /** Written by this program, so that more than BagIt's own rules hold for it. */
  readonly isOurs: boolean;
}

const MANIFEST = /^(tag)?manifest-([a-z0-9-]+)\.txt$/i;
const HASHES: ReadonlySet<string> = new Set(getHashes());

/** Whether a file at the top is a tag manifest: the only tag file that no tag manifest lists. */
export const isTagManifest = (path: string): boolean => MANIFEST.exec(path)?.[1] !== undefined;

/**
 * Reads `bagit.txt`, `bag-info.txt` and all manifests of a bag, and reports what is wrong with them (RFC 8493 sections 2.1 and 2.2). One that
 * was found but is gone by now counts as missing.
 */
export async function readListings(dir: string, found: ReadonlySet<string>, report: Report): Promise<Listings> {
  const read = async (name: string) => (found.has(name) ? readUnlessGone(join(dir, name)) : undefined);
  const { version, decode } = declaration(await read('bagit.txt'), report);
  const bagInfo = await read('bag-info.txt');
  const info = bagInfo ? bagInfoFields(decode(bagInfo)) : new Map<string, string>();
  const isOurs = info.get('bag-software-agent')?.startsWith(`${PROGRAM} `) ?? false;
  const payload = new Listing('payload');
  const tags = new Listing('tags');
  for (const name of found) {
    const [, tag, label] = MANIFEST.exec(name) ?? [];
    const manifest = label === undefined ? undefined : await read(name);
    if (label !== undefined && manifest)
      (tag ? tags : payload).add(name, label.toLowerCase().replaceAll('-', ''), decode(manifest), isOurs, report);
  }
  if (payload.manifests === 0) report('manifest_missing', 'manifest-sha256.txt');
  if (isOurs && tags.manifests === 0) report('manifest_missing', 'tagmanifest-sha256.txt');
  // Before 1.0 a payload file had to be in one manifest only; since then in every one.
  if (version === '1.0') for (const path of payload.notInAll()) report('file_surplus', path);
  return { payload: payload.files, tags: tags.files, oxum: oxumOf(info.get('payload-oxum')), isOurs };
}

/** What all manifests of one kind list together. */
class Listing {
  readonly files = new Map<string, Map<string, string>>();
  manifests = 0;
  private readonly kind: 'payload' | 'tags';
  private readonly algorithms = new Set<string>();

  constructor(kind: 'payload' | 'tags') {
    this.kind = kind;
  }

  /** Takes in one manifest; one of ours must also look exactly as we write it, since nothing covers the tag manifest. */
  add(name: string, algorithm: string, text: string, isOurs: boolean, report: Report): void {
    this.manifests += 1;
    if (!HASHES.has(algorithm)) {
      report('algorithm_unknown', name);
      return;
    }
    this.algorithms.add(algorithm);
    const { entries, malformed } = parseManifest(text);
    const hashLength = createHash(algorithm).digest('hex').length;
    const isAsWritten = manifestText(entries.map(({ path, hash }) => ({ path, sha256: hash }))) === text;
    if (malformed.length > 0 || entries.some(({ hash }) => hash.length !== hashLength) || (isOurs && !isAsWritten)) {
      report('manifest_malformed', name);
    }
    for (const { path, hash } of entries) {
      const promised = this.files.get(path) ?? new Map<string, string>();
      if (!isSafePath(path) || path.startsWith('data/') !== (this.kind === 'payload') || isTagManifest(path)) report('path_unsafe', path);
      else if (promised.has(algorithm)) report('path_duplicate', path);
      else this.files.set(path, promised.set(algorithm, hash));
    }
  }

  notInAll(): string[] {
    return [...this.files].filter(([, promised]) => promised.size < this.algorithms.size).map(([path]) => path);
  }
}

function declaration(bytes: Buffer | undefined, report: Report): { version: string; decode: (bytes: Buffer) => string } {
  const [, version, encoding] =
    /^BagIt-Version: *(\d+\.\d+)\r?\nTag-File-Character-Encoding: *(\S+)(?:\r?\n)?$/.exec(bytes?.toString('utf8') ?? '') ?? [];
  if (bytes === undefined) report('bagit_missing', 'bagit.txt');
  else if (version === undefined || encoding === undefined) report('bagit_invalid', 'bagit.txt');
  try {
    const decoder = new TextDecoder(encoding ?? 'utf-8');
    return { version: version ?? '1.0', decode: (content) => decoder.decode(content) };
  } catch {
    report('bagit_invalid', 'bagit.txt');
    return { version: version ?? '1.0', decode: (content) => content.toString('utf8') };
  }
}

/** `Label: value` lines by label in lower case; a line that begins with white space continues the one before. */
function bagInfoFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.replace(/(?:\r\n|\n|\r)[ \t]+/g, ' ').split(/\r\n|\n|\r/)) {
    const [, label, value] = /^([^:]+?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (label !== undefined && value !== undefined) fields.set(label.toLowerCase(), value);
  }
  return fields;
}

function oxumOf(value: string | undefined): Listings['oxum'] {
  const [, bytes, files] = /^(\d+)\.(\d+)$/.exec(value ?? '') ?? [];
  return bytes === undefined ? undefined : { bytes: Number(bytes), files: Number(files) };
}

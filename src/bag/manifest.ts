import type { StagedFile } from '../domain/package.ts';

/** One line of a manifest: the path is decoded, and not yet checked to stay inside the bag. */
export interface ManifestEntry {
  readonly path: string;
  readonly hash: string;
}

const FILES_PER_PART = 100;
const ENCODED: Readonly<Record<string, string>> = { '\n': '%0A', '\r': '%0D', '%': '%25' };
const DECODED: Readonly<Record<string, string>> = { '%0A': '\n', '%0D': '\r', '%25': '%' };

/** A manifest's text: `hash`, two spaces, path, LF; line breaks and percent signs in paths are encoded (RFC 8493 section 2.1.3). */
export const manifestText = (files: readonly Pick<StagedFile, 'path' | 'sha256'>[]): string =>
  files.map(({ path, sha256 }) => `${sha256}  ${path.replace(/[\n\r%]/g, (char) => ENCODED[char] ?? char)}\n`).join('');

/** The same in parts: that of 100,000 files is 17 MB, and as much again for each form that it passes through. */
export function* manifestParts(files: readonly Pick<StagedFile, 'path' | 'sha256'>[]): Generator<string> {
  for (let at = 0; at < files.length; at += FILES_PER_PART) yield manifestText(files.slice(at, at + FILES_PER_PART));
}

/**
 * Reads a manifest. Any line ending and any white space between hash and path are accepted, as are the `*` and `./` that checksum tools
 * write. `malformed` holds the numbers, from 1, of lines that are no entry.
 */
export function parseManifest(text: string): { entries: ManifestEntry[]; malformed: number[] } {
  const entries: ManifestEntry[] = [];
  const malformed: number[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line === '') continue;
    const [, hash, path] = /^([0-9a-f]+)[ \t]+\*?(?:\.\/)?(.+)$/is.exec(line) ?? [];
    if (hash === undefined || path === undefined) malformed.push(index + 1);
    else entries.push({ hash: hash.toLowerCase(), path: path.replace(/%(?:0A|0D|25)/gi, (code) => DECODED[code.toUpperCase()] ?? code) });
  }
  return { entries, malformed };
}

import { createHash } from 'node:crypto';

/** A delivered attachment's name is at most this many bytes of UTF-8, suffixes included: every file system and SFTP server holds it. */
const MAX_BYTES = 200;
/** A longer "extension" is not one, but a name with a dot in it. */
const MAX_EXTENSION_BYTES = 20;

/**
 * What Windows or POSIX cannot hold, what changes how a name reads, and what breaks a line of a manifest in some reader:
 * control characters, bidi overrides, line separators, lone surrogates, and `%`, which manifests encode and not every reader decodes.
 */
const FORBIDDEN = /[<>:"/\\|?*%\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
/** Names that Windows gives to devices, whatever follows the first dot; one that ends before the `_` is harmless. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\s*\.)/iu;

/** Gives each attachment its file name `<säkert dnr>_<namn>` (R27, R29, T17, T19). Called in key order it is deterministic. */
export type AttachmentNamer = (diarienummer: string, originalName: string) => string;

/**
 * A namer for one folder: no two names are equal when case and Unicode form are ignored, a later one gets ` (2)`, ` (3)` ….
 * The exact diarienummer and name are in `omrade2_bilagor.csv`; the name here only has to be safe and recognisable.
 */
export function attachmentNames(): AttachmentNamer {
  /** 48 bits of a hash for each name: two that share them cost the later one a number that it could do without, and nothing else. */
  const taken = new Set<number>();
  const lastNumber = new Map<string, number>();
  return (diarienummer, originalName) => {
    const wanted = split(safeName(diarienummer, originalName));
    const hash = () => sha256(JSON.stringify([diarienummer, originalName])).toString('hex', 0, 4);
    const first = fitted(wanted, '', hash);
    let name = first;
    for (let number = lastNumber.get(folded(first)) ?? 1; taken.has(keyOf(name)); ) {
      number += 1;
      lastNumber.set(folded(first), number);
      name = fitted(wanted, ` (${number})`, hash);
    }
    taken.add(keyOf(name));
    return name;
  };
}

function safeName(diarienummer: string, originalName: string): string {
  const dnr = safePart(diarienummer).replace(/^[\s.]+|\s+$/gu, '');
  return `${dnr.replace(RESERVED, '$1-')}_${safePart(originalName)}`.replace(/[\s.]+$/u, '');
}

const safePart = (text: string): string => text.normalize('NFC').replace(FORBIDDEN, '-');

interface NameParts {
  readonly stem: string;
  readonly extension: string;
}

function split(name: string): NameParts {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  if (Buffer.byteLength(extension) > MAX_EXTENSION_BYTES) return { stem: name, extension: '' };
  return { stem: name.slice(0, name.length - extension.length), extension };
}

/** The name with a suffix before its extension; one that is too long is cut and gets eight characters of its hash instead. */
function fitted({ stem, extension }: NameParts, suffix: string, hash: () => string): string {
  const whole = `${stem}${suffix}${extension}`;
  if (Buffer.byteLength(whole) <= MAX_BYTES) return whole;
  const end = `-${hash()}${suffix}${extension}`;
  return cut(stem, MAX_BYTES - Buffer.byteLength(end)) + end;
}

/** The longest beginning of whole characters that fits in so many bytes. */
function cut(text: string, bytes: number): string {
  let kept = '';
  let left = bytes;
  for (const { segment } of new Intl.Segmenter('sv').segment(text)) {
    left -= Buffer.byteLength(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const keyOf = (name: string): number => sha256(folded(name)).readUIntBE(0, 6);

/** Equal for names that some file system takes for the same: case, then Unicode form, ignored. */
const folded = (name: string): string => name.toLowerCase().toUpperCase().normalize('NFC');

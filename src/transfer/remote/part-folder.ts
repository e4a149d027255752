import { posix } from 'node:path';
import { visibleSuffix } from './temp-name.ts';
import type { Begun } from './transfer-log.ts';

/** The file that makes a bag valid when it has its name; always the last to get it. */
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';

/** Whether the bag is built up under its own name, file by file, since this server renames no folder. */
export const isInPlace = ({ temp, published }: Begun): boolean => temp === published;

/** The folder on the server that a bag is built up in, and what its files are called there until they are published. */
export class PartFolder {
  readonly root: string;
  /** After every file's name: a bag's own names are 200 bytes at most, so that no server finds the longer one too long. */
  readonly #suffix: string;

  constructor(root: string, suffix = '') {
    this.root = root;
    this.#suffix = suffix;
  }

  static of(begun: Begun): PartFolder {
    return new PartFolder(begun.temp, isInPlace(begun) ? visibleSuffix(begun.uploadId) : '');
  }

  /** A file of the bag as a listing of the folder names it. */
  nameOf(path: string): string {
    return `${path}${this.#suffix}`;
  }

  /** The same from the server's root. */
  at(path: string): string {
    return posix.join(this.root, this.nameOf(path));
  }
}

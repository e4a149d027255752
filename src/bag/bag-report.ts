import { bagProblems } from '../text.ts';

export type BagProblemCode = keyof typeof bagProblems;

/** One thing that is wrong. `path` is a path in the bag; an attachment is only `omrade2_bilagor/#n` (D13). */
export interface BagProblem {
  readonly code: BagProblemCode;
  readonly path: string;
  readonly message: string;
}

/** What `verifiera` says of a bag. Files and bytes are all that was found; rows are the CSV records of the tables it describes. */
export interface BagReport {
  /** Complete, every hash right, and what the bag says of its tables is true. */
  readonly valid: boolean;
  /** Nothing that the manifests promise is missing, and nothing is surplus. */
  readonly complete: boolean;
  readonly problems: readonly BagProblem[];
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  /** What Payload-Oxum counts. */
  readonly payload: { readonly files: number; readonly bytes: number };
  /** Without one only BagIt's own rules were checked. */
  readonly hasDatapackage: boolean;
}

/** A problem before its path is fit to be shown. */
export type Report = (code: BagProblemCode, path: string) => void;

const INCOMPLETE: ReadonlySet<BagProblemCode> = new Set([
  'bagit_missing',
  'bagit_invalid',
  'data_missing',
  'manifest_missing',
  'manifest_malformed',
  'algorithm_unknown',
  'path_unsafe',
  'path_duplicate',
  'not_a_file',
  'file_missing',
  'file_surplus',
  'oxum_missing',
  'oxum_mismatch',
  'datapackage_missing',
]);

/** Collects problems as they are found; `shownPath` hides what may not be shown. */
export class Problems {
  readonly list: BagProblem[] = [];
  private readonly shownPath: (path: string) => string;

  constructor(shownPath: (path: string) => string) {
    this.shownPath = shownPath;
  }

  readonly report: Report = (code, path) => {
    this.list.push({ code, path: this.shownPath(path), message: bagProblems[code] });
  };

  get areComplete(): boolean {
    return !this.list.some(({ code }) => INCOMPLETE.has(code));
  }
}

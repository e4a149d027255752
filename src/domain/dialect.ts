/** How a region wants its CSV (D10). Every non-NULL value is quoted, `""` doubles a quote. */
export interface Dialect {
  readonly delimiter: ';' | ',' | '|' | '\t';
  readonly encoding: 'utf-8' | 'iso-8859-1';
  readonly bom: boolean;
  readonly lineTerminator: '\n' | '\r\n';
  /** What stands for NULL, unquoted; '' (nothing between separators) by default, so that `""` stays the empty string. */
  readonly nullToken: string;
}

export const DEFAULT_DIALECT: Dialect = { delimiter: ';', encoding: 'utf-8', bom: false, lineTerminator: '\n', nullToken: '' };

const FIELDS = Object.keys(DEFAULT_DIALECT) as (keyof Dialect)[];

export const sameDialect = (a: Dialect, b: Dialect): boolean => FIELDS.every((field) => a[field] === b[field]);

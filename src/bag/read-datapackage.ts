import { z } from 'zod';
import type { ReadDialect } from './count-records.ts';

/** What `datapackage.json` promises of one table; what it does not say is not checked. */
export interface DescribedTable {
  readonly path: string;
  readonly bytes: number | undefined;
  /** `algorithm:hex`, or md5 as bare hex. */
  readonly hash: string | undefined;
  readonly rows: number | undefined;
  readonly header: readonly string[] | undefined;
  /** Undefined when its bytes can't be counted here: not CSV, several bytes per sign, or line ends of its own. */
  readonly dialect: ReadDialect | undefined;
}

const dialectSchema = z.object({
  delimiter: z.string().default(','),
  quoteChar: z.string().default('"'),
  lineTerminator: z.string().default('\r\n'),
  header: z.boolean().default(true),
});

const resourceSchema = z.object({
  path: z.string(),
  bytes: z.number().optional(),
  hash: z.string().optional(),
  rows: z.number().optional(),
  format: z.string().optional(),
  encoding: z.string().default('utf-8'),
  dialect: dialectSchema.optional(),
  schema: z.object({ fields: z.array(z.object({ name: z.string() })) }).optional(),
});

const packageSchema = z.object({ resources: z.array(z.unknown()) });

/** The tables that a data package describes, or undefined when the text is no data package. Resources of other kinds are left out. */
export function readDatapackage(text: string): DescribedTable[] | undefined {
  let parsed: z.infer<typeof packageSchema>;
  try {
    parsed = packageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  return parsed.resources.flatMap((resource) => {
    const { success, data } = resourceSchema.safeParse(resource);
    return success ? [describedTable(data)] : [];
  });
}

type Resource = z.infer<typeof resourceSchema>;

function describedTable(resource: Resource): DescribedTable {
  const { path, bytes, hash, rows, schema } = resource;
  const dialect = resource.dialect ?? dialectSchema.parse({});
  const header = dialect.header ? schema?.fields.map(({ name }) => name) : undefined;
  return { path, bytes, hash, rows, header, dialect: countable(resource, dialect) };
}

function countable({ path, format, encoding }: Resource, dialect: z.infer<typeof dialectSchema>): ReadDialect | undefined {
  const { delimiter, quoteChar, lineTerminator, header } = dialect;
  const known = encoding.toLowerCase();
  if (known !== 'utf-8' && known !== 'iso-8859-1') return undefined;
  const isCsv = format === 'csv' || path.endsWith('.csv');
  const isSingleByte = [delimiter, quoteChar].every((sign) => /^[\t -~]$/.test(sign));
  return isCsv && header && isSingleByte && /^\r?\n$/.test(lineTerminator) ? { delimiter, quoteChar, encoding: known } : undefined;
}

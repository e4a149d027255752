import { z } from 'zod';
import { DEFAULT_DIALECT } from '../domain/dialect.ts';
import { nearest } from '../domain/nearest.ts';
import { REGIONS } from '../domain/regions.ts';
import type { settingProblems } from '../text.ts';

/** What is wrong with a setting: the keys of the sentences about it. */
export type SettingProblem = keyof typeof settingProblems;

const text = z.string().regex(/^[^\p{Cc}]+$/u, { error: 'text' satisfies SettingProblem });

const databaseUrl = z
  .string()
  .refine((url) => URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol), { error: 'database_url' satisfies SettingProblem });

const mode = z
  .string()
  .regex(/^0?[0-7]{3}$/, { error: 'mode' satisfies SettingProblem })
  .optional();

const dialect = z
  .strictObject({
    delimiter: z.enum([';', ',', '|', '\t']).default(DEFAULT_DIALECT.delimiter),
    encoding: z.enum(['utf-8', 'iso-8859-1']).default(DEFAULT_DIALECT.encoding),
    bom: z.boolean().default(DEFAULT_DIALECT.bom),
    lineTerminator: z.enum(['\n', '\r\n']).default(DEFAULT_DIALECT.lineTerminator),
    // Anything else could be read as a separator, a quote or a line's end (PostgreSQL refuses them too).
    nullToken: z
      .string()
      .regex(/^[^\p{Cc}";,|]*$/u, { error: 'null_token' satisfies SettingProblem })
      .default(DEFAULT_DIALECT.nullToken),
  })
  .refine(({ bom, encoding }) => !bom || encoding === 'utf-8', { path: ['bom'], error: 'bom_latin1' satisfies SettingProblem });

const target = z.strictObject({
  host: text,
  port: z.int().min(1).max(65535).default(22),
  username: text,
  path: text,
  privateKey: text.optional(),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: 'host_key' satisfies SettingProblem })
    .optional(),
  verify: z.enum(['auto', 'server', 'full', 'seam', 'ack']).default('auto'),
  modes: z.strictObject({ file: mode, dir: mode }).default({}),
  dialect: dialect.default(DEFAULT_DIALECT),
});

/** The settings file (docs/handbok.md). An unknown key is an error: a misspelt one would silently mean the default. */
export const settingsSchema = z.strictObject({
  state: text,
  staging: text,
  twoPerson: z.boolean().default(false),
  source: z.strictObject({ sminet2: databaseUrl, epiark: databaseUrl.optional(), bilagor: text.optional() }).optional(),
  targets: z.partialRecord(z.enum(REGIONS.map(({ code }) => code)), target).default({}),
});

interface SettingFacts {
  readonly key: string;
  readonly problem: SettingProblem;
  readonly allowed?: string;
  /** The key that a misspelt one most likely is; '' for none. */
  readonly nearest?: string;
}

/** The keys that may stand where `path` leads. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = settingsSchema;
  for (const key of path) {
    const inner = unwrapped(schema);
    schema = inner instanceof z.ZodRecord ? inner.valueType : inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  }
  const found = unwrapped(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

const unwrapped = (schema: unknown): unknown =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;

/** The first thing that is wrong in what was read, and which key it is; never the value, which may be a password. */
export function problemOf(issue: z.core.$ZodIssue, raw: unknown): SettingFacts {
  const key = issue.path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [misspelt = ''] = issue.keys;
      const unknown = [...issue.path, misspelt].join('.');
      if (key === 'targets') return { key: unknown, problem: 'unknown_region' };
      const valid = keysAt(issue.path);
      return { key: unknown, problem: 'unknown_key', allowed: valid.join(', '), nearest: nearest(misspelt, valid) ?? '' };
    }
    case 'invalid_type':
      return valueAt(raw, issue.path) === undefined ? { key, problem: 'missing' } : { key, problem: 'wrong_type', allowed: issue.expected };
    case 'invalid_value':
      return valueAt(raw, issue.path) === undefined
        ? { key, problem: 'missing' }
        : { key, problem: 'not_one_of', allowed: issue.values.map((value) => JSON.stringify(value)).join(' ') };
    case 'too_small':
    case 'too_big':
      return { key, problem: 'out_of_range' };
    default:
      return { key, problem: issue.message as SettingProblem };
  }
}

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);

import type { Column } from '../domain/package.ts';

type FieldType = 'any' | 'boolean' | 'date' | 'datetime' | 'integer' | 'number' | 'string' | 'time';

/** Frictionless Table Schema types by PostgreSQL type, under its SQL name and its short one. What is not here is text. */
const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  float4: 'number',
  float8: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  'timestamp with time zone': 'datetime',
  'timestamp without time zone': 'datetime',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  'time with time zone': 'time',
  'time without time zone': 'time',
  time: 'time',
  timetz: 'time',
  json: 'any',
  jsonb: 'any',
};

/** How PostgreSQL writes what Table Schema expects in another form by default. */
const DETAILS: { readonly [type in FieldType]?: object } = {
  boolean: { trueValues: ['t'], falseValues: ['f'] },
  datetime: { format: 'any' },
  time: { format: 'any' },
};

/** A column as a Table Schema field; a value from `egna_falt` is always text. `postgresType` and `source` are ours. */
export function schemaField({ name, type, description, source }: Column): object {
  const plainType = type
    .replace(/\(.*?\)/, '')
    .trim()
    .toLowerCase();
  const fieldType = source.key === undefined ? (FIELD_TYPES[plainType] ?? 'string') : 'string';
  return { name, type: fieldType, ...DETAILS[fieldType], description, postgresType: type, source };
}

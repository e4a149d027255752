import pg from 'pg';

export const literal = (value: string): string => pg.escapeLiteral(value);
export const identifier = (name: string): string => pg.escapeIdentifier(name);

/** A contract view with its schema. */
export const qualified = (view: string): string => `leverans.${identifier(view)}`;

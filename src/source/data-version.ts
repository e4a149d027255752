import type { Session } from './session.ts';

/**
 * Which transactions a query sees now: as long as it is the same text, every query sees the same rows. Any commit that writes, anywhere on the
 * server, makes another. `undefined` where the database has foreign tables, whose rows change without one, and on a standby, which does not
 * tell apart all transactions that are under way.
 */
export async function dataVersion(session: Session): Promise<string | undefined> {
  const [row] = await session.query<{ version: string; is_unsure: boolean }>(
    'SELECT txid_current_snapshot()::text AS version, pg_is_in_recovery() OR EXISTS (SELECT FROM pg_foreign_table) AS is_unsure',
  );
  return row?.is_unsure ? undefined : row?.version;
}

import pg from 'pg';
import { expect } from 'vitest';
import { run as sql } from './postgres.ts';
import type { Ran, Running } from './program.ts';
import type { ProgramServers } from './program-servers.ts';

const GATE = 4711;

/**
 * The middle row of the region's user logs waits at a gate, so that a COPY stands still in its middle for as long as a test wants.
 * `STABLE`, so that counting the rows does not ask for it.
 */
export const GATED_VIEW = `
  CREATE FUNCTION public.vid_grinden(text) RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN PERFORM pg_advisory_lock(${GATE}); PERFORM pg_advisory_unlock(${GATE}); RETURN $1; END $$;
  CREATE OR REPLACE VIEW leverans.omrade5_anvandarloggar AS
  SELECT logg_id, myndighet_kod AS myndighet, tid, anvandar_id,
         CASE WHEN logg_id = (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY l.logg_id) FROM logg.anvandarlogg AS l WHERE l.myndighet_kod = '12')
              THEN public.vid_grinden(handelse) ELSE handelse END AS handelse, dokumenttyp, dokument_id, ip
  FROM logg.anvandarlogg`;

/** Closes the gate; the returned function opens it. */
export async function closeGate(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${GATE})`);
  return () => client.end().catch(() => {});
}

/** The server process that waits at the gate, once there is one. */
export async function atTheGate(url: string): Promise<number> {
  const waiting = () =>
    sql<{ pid: number }>(
      url,
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'sminet-leverans' AND wait_event = 'advisory' AND query LIKE 'COPY%'",
    );
  await expect.poll(async () => (await waiting()).length, { interval: 20 }).toBe(1);
  return (await waiting())[0]?.pid ?? 0;
}

/** Starts a delivery of Region Skåne from the gated source, runs until the user logs' COPY stands in its middle, does it, opens the gate, and waits for the end. */
export async function inTheMiddle(
  servers: ProgramServers,
  source: string,
  start: () => Running,
  act: (pid: number, running: Running) => Promise<unknown>,
): Promise<Ran> {
  await servers.holdExport(source, '12');
  const running = start();
  await running.until(({ type }) => type === 'plan');
  const open = await closeGate(source);
  await servers.letGo();
  await act(await atTheGate(servers.postgres.url), running);
  await open();
  return running.ended;
}

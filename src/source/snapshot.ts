import { AREAS, type AreaFile, type AreaId } from '../domain/areas.ts';
import { timestamp } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Distribution, TableShape } from '../domain/package.ts';
import { copyAttachments } from './attachments.ts';
import { type Contract, type ContractView, readContract } from './contract.ts';
import { verifiedView, verifyNoUnknownViews } from './contract-findings.ts';
import { copyTable } from './copy-table.ts';
import { literal, qualified } from './identifiers.ts';
import { countByRegion, type RowCounts } from './row-counts.ts';
import type { Session } from './session.ts';
import type { AttachmentRow, ExportOptions, Snapshot, WrittenAttachment, WrittenTable } from './source.ts';
import { tableShape } from './table-shape.ts';

/** One database of a snapshot: its connection stands in the transaction from beginning to end. */
interface Database {
  readonly session: Session;
  readonly takenAt: string;
  readonly contract: Contract;
}

/** A file of the delivery and the database that it is in. */
interface Place extends Database {
  readonly file: AreaFile;
}

/**
 * Begins the transactions and looks at the contract of these areas in them; see `Snapshot`. `open` gives the connection of a database,
 * the same one for both when they are one. Throws `view_unknown` before anything is read; what is wrong with one view is thrown when that view
 * is asked for, and leaves the others to be read.
 */
export async function takeSnapshot(
  areas: readonly AreaId[],
  open: (database: 'sminet2' | 'epiark') => Promise<Session>,
  directory: string | undefined,
): Promise<Snapshot> {
  const wanted = AREAS.filter(({ id }) => areas.includes(id));
  const databases = new Map<Session, Database>();
  const places = new Map<string, Place>();
  for (const name of new Set(wanted.map(({ database }) => database))) {
    const session = await open(name);
    const database = databases.get(session) ?? { session, takenAt: await begin(session), contract: await readContract(session) };
    databases.set(session, database);
    verifyNoUnknownViews(database.contract);
    for (const file of wanted.filter((area) => area.database === name).flatMap((area) => area.files)) {
      places.set(file.view, { ...database, file });
    }
  }
  return new OpenSnapshot([...databases.values()], places, directory);
}

/** The first query fixes what the transaction sees. */
async function begin(session: Session): Promise<string> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const [row] = await session.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
  return timestamp(new Date(Number(row?.ms)));
}

/** The log views' column that names the changed field; rows of other events leave it NULL. */
const CHANGED_FIELD = 'falt';

const ATTACHMENTS = 'omrade2_bilagor';

/** `SMN2`: keeps our advisory locks apart from others'. */
const LOCK_CLASS = 0x534d4e32;

class OpenSnapshot implements Snapshot {
  readonly takenAt: string;
  readonly #databases: readonly Database[];
  readonly #places: ReadonlyMap<string, Place>;
  readonly #directory: string | undefined;
  readonly #counts = new Map<string, RowCounts>();
  /** Ends when the call before is done. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(databases: readonly Database[], places: ReadonlyMap<string, Place>, directory: string | undefined) {
    this.takenAt = databases[0]?.takenAt ?? '';
    this.#databases = databases;
    this.#places = places;
    this.#directory = directory;
  }

  lockRegion(region: string): Promise<boolean> {
    return this.#inTurn(async () => {
      for (const { session } of this.#databases) {
        const [row] = await session.query<{ locked: boolean }>(
          `SELECT pg_try_advisory_xact_lock(${LOCK_CLASS}, ${Number.parseInt(region, 10)}) AS locked`,
        );
        if (!row?.locked) return false;
      }
      return true;
    });
  }

  shape(view: string, region: string): Promise<TableShape> {
    return this.#onView(view, ({ session, contract }, found) => tableShape(session, contract, found, region));
  }

  writeTable(shape: TableShape, region: string, file: string, header: Uint8Array, options: ExportOptions): Promise<WrittenTable> {
    return this.#onView(shape.view, async ({ session }, view) => {
      const release = session.stopOn(options.signal);
      try {
        const expectedRows = (await this.#count(session, view)).perRegion[region] ?? 0;
        return await copyTable(session, { ...options, view, shape, region, file, header, expectedRows });
      } finally {
        release();
      }
    });
  }

  /** Has its turn until the loop over it ends: no other call is answered inside that loop. */
  async *writeAttachments(
    region: string,
    dir: string,
    pathOf: (row: AttachmentRow) => string,
    options: Omit<ExportOptions, 'dialect'>,
  ): AsyncGenerator<WrittenAttachment> {
    const { session, contract, file } = this.#place(ATTACHMENTS);
    const view = verifiedView(contract, file);
    let done = () => {};
    await new Promise<void>((begin) => {
      void this.#inTurn(() => {
        begin();
        return new Promise<void>((resolve) => {
          done = resolve;
        });
      });
    });
    const release = session.stopOn(options.signal);
    try {
      await session.query('SAVEPOINT attachments');
      const expectedRows = (await this.#count(session, view)).perRegion[region] ?? 0;
      yield* copyAttachments(session, { ...options, view, region, dir, pathOf, directory: this.#directory, expectedRows });
    } catch (error) {
      await session.undoTo('attachments');
      throw error;
    } finally {
      release();
      done();
    }
  }

  distribution(view: string, region: string): Promise<Distribution> {
    return this.#onView(view, async ({ session }, found) => {
      const { total, perRegion, undistributed } = await this.#count(session, found);
      return { view, total, region: perRegion[region] ?? 0, undistributed };
    });
  }

  viewsWithoutChangeLog(): Promise<string[]> {
    return this.#inTurn(async () => {
      const without: string[] = [];
      for (const [view, { session, contract }] of this.#places) {
        if (!view.startsWith('omrade6_')) continue;
        // A view without the column has no place for a change at all.
        if (!contract.views.get(view)?.columns.some(({ name }) => name === CHANGED_FIELD)) {
          without.push(view);
          continue;
        }
        const [row] = await session.query<{ exists: boolean }>(
          `SELECT EXISTS (SELECT FROM ${qualified(view)} WHERE ${CHANGED_FIELD} IS NOT NULL) AS exists`,
        );
        if (!row?.exists) without.push(view);
      }
      return without;
    });
  }

  /** Ends the transactions with their connections; nothing was changed, so there is nothing to commit. */
  async close(): Promise<void> {
    for (const { session } of this.#databases) await session.close();
  }

  /** Counting locks the view against being made anew until the transaction ends, so one look at its identity is enough. */
  async #count(session: Session, view: ContractView): Promise<RowCounts> {
    const counts = this.#counts.get(view.name) ?? (await countByRegion(session, view.name));
    const [now] = await session.query<{ oid: string }>(`SELECT to_regclass(${literal(qualified(view.name))})::oid::text AS oid`);
    if (now?.oid !== view.oid) throw new OperatorError('contract_broken', { view: view.name, reason: 'view_changed' });
    this.#counts.set(view.name, counts);
    return counts;
  }

  #place(view: string): Place {
    const place = this.#places.get(view);
    if (!place) throw new Error(`the snapshot was not opened for ${view}`);
    return place;
  }

  /** One call about one view. What fails for a reason of the view's own leaves the snapshot to the others. */
  #onView<T>(view: string, work: (place: Place, found: ContractView) => Promise<T>): Promise<T> {
    return this.#inTurn(() => {
      const place = this.#place(view);
      const found = verifiedView(place.contract, place.file);
      return place.session.attempt(() => work(place, found));
    });
  }

  /** One call at a time: a connection answers in order, and a call is more than one query. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

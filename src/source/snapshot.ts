import type { AreaId } from '../domain/areas.ts';
import { AREAS } from '../domain/areas.ts';
import { timestamp } from '../domain/calendar.ts';
import type { Distribution, TableShape } from '../domain/package.ts';
import { attachmentRows, copyAttachments } from './attachments.ts';
import { type Contract, type ContractView, readContract } from './contract.ts';
import { verifyContract } from './contract-findings.ts';
import { copyTable } from './copy-table.ts';
import { qualified } from './identifiers.ts';
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

/**
 * Begins the transactions and looks at the contract of these areas in them; see `Snapshot`. `open` gives the connection of a database,
 * the same one for both when they are one. Throws `view_unknown`, `value_unsupported` or `contract_broken` before anything is read.
 */
export async function takeSnapshot(
  areas: readonly AreaId[],
  open: (database: 'sminet2' | 'epiark') => Promise<Session>,
  directory: string | undefined,
): Promise<Snapshot> {
  const wanted = AREAS.filter(({ id }) => areas.includes(id));
  const databases = new Map<Session, Database>();
  const perView = new Map<string, Database>();
  for (const name of new Set(wanted.map(({ database }) => database))) {
    const session = await open(name);
    const database = databases.get(session) ?? { session, takenAt: await begin(session), contract: await readContract(session) };
    databases.set(session, database);
    const files = wanted.filter((area) => area.database === name).flatMap((area) => area.files);
    verifyContract(database.contract, files);
    for (const { view } of files) perView.set(view, database);
  }
  return new OpenSnapshot([...databases.values()], perView, directory);
}

/** The first query fixes what the transaction sees. */
async function begin(session: Session): Promise<string> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const [row] = await session.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
  return timestamp(new Date(Number(row?.ms)));
}

/** The log views' column that names the changed field; rows of other events leave it NULL. */
const CHANGED_FIELD = 'falt';

/** `SMN2`: keeps our advisory locks apart from others'. */
const LOCK_CLASS = 0x534d4e32;

class OpenSnapshot implements Snapshot {
  readonly takenAt: string;
  readonly #databases: readonly Database[];
  readonly #perView: ReadonlyMap<string, Database>;
  readonly #directory: string | undefined;
  readonly #counts = new Map<string, RowCounts>();
  /** Ends when the call before is done. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(databases: readonly Database[], perView: ReadonlyMap<string, Database>, directory: string | undefined) {
    this.takenAt = databases[0]?.takenAt ?? '';
    this.#databases = databases;
    this.#perView = perView;
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
    return this.#inTurn(() => {
      const { session, contract, columns } = this.#find(view);
      return tableShape(session, contract, columns, region);
    });
  }

  writeTable(shape: TableShape, region: string, file: string, header: Uint8Array, options: ExportOptions): Promise<WrittenTable> {
    return this.#inTurn(async () => {
      const { session, columns } = this.#find(shape.view);
      const release = session.stopOn(options.signal);
      try {
        const expectedRows = (await this.#count(shape.view)).perRegion[region] ?? 0;
        return await copyTable(session, { ...options, view: columns, shape, region, file, header, expectedRows });
      } finally {
        release();
      }
    });
  }

  attachments(region: string): Promise<AttachmentRow[]> {
    return this.#inTurn(() => {
      const { session, columns } = this.#find('omrade2_bilagor');
      return attachmentRows(session, columns, region);
    });
  }

  /** Has its turn until the loop over it ends: no other call is answered inside that loop. */
  async *writeAttachments(
    region: string,
    rows: readonly AttachmentRow[],
    pathOf: (nr: number) => string,
    options: Omit<ExportOptions, 'dialect'>,
  ): AsyncGenerator<WrittenAttachment> {
    let done = () => {};
    await new Promise<void>((begin) => {
      void this.#inTurn(() => {
        begin();
        return new Promise<void>((resolve) => {
          done = resolve;
        });
      });
    });
    const { session, columns } = this.#find('omrade2_bilagor');
    const release = session.stopOn(options.signal);
    try {
      yield* copyAttachments(session, { ...options, view: columns, region, rows, pathOf, directory: this.#directory });
    } finally {
      release();
      done();
    }
  }

  distribution(view: string, region: string): Promise<Distribution> {
    return this.#inTurn(async () => {
      const { total, perRegion, undistributed } = await this.#count(view);
      return { view, total, region: perRegion[region] ?? 0, undistributed };
    });
  }

  viewsWithoutChangeLog(): Promise<string[]> {
    return this.#inTurn(async () => {
      const without: string[] = [];
      for (const [view, { session, contract }] of this.#perView) {
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

  async #count(view: string): Promise<RowCounts> {
    const counts = this.#counts.get(view) ?? (await countByRegion(this.#find(view).session, view));
    this.#counts.set(view, counts);
    return counts;
  }

  #find(view: string): Database & { readonly columns: ContractView } {
    const database = this.#perView.get(view);
    const columns = database?.contract.views.get(view);
    if (!database || !columns) throw new Error(`the snapshot was not opened for ${view}`);
    return { ...database, columns };
  }

  /** One call at a time: a connection answers in order, and a call is more than one query. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

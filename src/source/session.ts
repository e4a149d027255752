import type { Socket } from 'node:net';
import pg from 'pg';
import { OperatorError } from '../domain/operator-error.ts';
import { CopyOut } from './copy-out.ts';
import { operatorError } from './database-error.ts';

/**
 * Every value is written the same way on every server, whatever the role or the database has set, and nothing can be written to it.
 * With `row_security` off a policy that would leave rows out is an error and not a smaller file.
 */
const SETTINGS = `
  SET default_transaction_read_only = on;
  SET datestyle = 'ISO, YMD';
  SET intervalstyle = 'iso_8601';
  SET bytea_output = 'hex';
  SET client_encoding = 'UTF8';
  SET extra_float_digits = 1;
  SET timezone = 'Europe/Stockholm';
  SET quote_all_identifiers = off;
  SET row_security = off;
  SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = 0;
  SET search_path = pg_catalog`;

/** What not every server has. The first lets a killed worker's locks go. */
const NEWER_SETTINGS = ["SET client_connection_check_interval = '5s'", 'SET transaction_timeout = 0'];

/** A COPY that is under way: its bytes, and what has been counted when they have ended. */
export interface Copying {
  readonly chunks: AsyncIterable<Buffer>;
  /** Records that came, by the protocol's messages. */
  records(): number;
  /** The row count of the command tag. */
  taggedRows(): number;
}

/**
 * One read-only connection. Its errors are `OperatorError`s: `database_down`, `database_login`, `database_stalled` when no byte came for
 * `stallMs` while something was waited for, `stopped` after an abort, else `contract_broken` or `export_failed`.
 */
export class Session {
  /** Host and database without user and password: what messages may name. */
  readonly database: string;
  readonly #client: pg.Client;
  readonly #stallMs: number;
  /** Why we ended the connection ourselves; rules over what the socket then says. */
  #ended: OperatorError | undefined;

  private constructor(url: string, stallMs: number) {
    this.#stallMs = stallMs;
    this.#client = new pg.Client({
      connectionString: url,
      application_name: 'sminet-leverans',
      connectionTimeoutMillis: stallMs,
      keepAlive: true,
    });
    this.database = `${this.#client.host}:${this.#client.port}/${this.#client.database}`;
    // A connection that is lost while nobody waits would else end the process; the next query says it.
    this.#client.on('error', () => {});
  }

  /** Connects and sets the session up. Throws `database_down` and `database_login`. */
  static async open(url: string, stallMs: number): Promise<Session> {
    const session = new Session(url, stallMs);
    try {
      await session.#client.connect();
      session.#socket().on('timeout', () => session.abort(new OperatorError('database_stalled', { database: session.database })));
      await session.query(SETTINGS);
      for (const setting of NEWER_SETTINGS) await session.query(setting).catch(() => {});
      return session;
    } catch (error) {
      session.#socket().destroy();
      throw operatorError(error, { database: session.database });
    }
  }

  /** Rows of one statement. */
  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const result = await this.#waitFor(this.#client.query<Row>(sql));
    return result.rows;
  }

  /** Rows of each of several statements, in one round trip. */
  async queries(statements: readonly string[]): Promise<pg.QueryResultRow[][]> {
    if (statements.length === 0) return [];
    const results: unknown = await this.#waitFor(this.#client.query(statements.join(';\n')));
    return (Array.isArray(results) ? (results as pg.QueryResult[]) : [results as pg.QueryResult]).map(({ rows }) => rows);
  }

  /** Work that may fail without ending the transaction that it is part of. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    await this.query('SAVEPOINT attempt');
    try {
      const result = await work();
      await this.query('RELEASE attempt');
      return result;
    } catch (error) {
      await this.undoTo('attempt');
      throw error;
    }
  }

  /** Back to a savepoint after a failure. Of a connection that is lost there is nothing to save, and the next query says so. */
  async undoTo(savepoint: string): Promise<void> {
    if (!this.#ended) await this.query(`ROLLBACK TO ${savepoint}`).catch(() => {});
  }

  /**
   * Starts `COPY … TO STDOUT`; the records of a text one end in `lineTerminator`. Leaving the loop early ends the connection: there is no
   * other way to stop the server.
   */
  copy(sql: string, lineTerminator: '\n' | '\r\n' = '\n'): Copying {
    const out = this.#client.query(new CopyOut(sql, lineTerminator));
    return { chunks: this.#pagesOf(out), records: () => out.messages, taggedRows: () => out.taggedRows };
  }

  async *#pagesOf(out: CopyOut): AsyncGenerator<Buffer, void> {
    let isOver = false;
    try {
      for (;;) {
        const page = await this.#waitFor(out.next()).catch((error: unknown) => {
          isOver = true;
          throw error;
        });
        if (!page) break;
        yield page;
      }
      isOver = true;
    } finally {
      if (!isOver) this.abort(new OperatorError('stopped'));
    }
  }

  /** Ends the connection when the signal says so, until the returned function is called. */
  stopOn(signal: AbortSignal | undefined): () => void {
    const stop = () => this.abort(new OperatorError('stopped', {}, signal?.reason));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    return () => signal?.removeEventListener('abort', stop);
  }

  /** Ends the connection at once; what waits on it fails with `reason`. */
  abort(reason: OperatorError): void {
    this.#ended ??= reason;
    this.#socket().destroy();
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#waitFor(this.#client.end()).catch(() => {});
  }

  /** The stall time-out runs only while we wait for the server, so a slow disk of ours is never taken for a silent database. */
  async #waitFor<T>(answer: Promise<T>): Promise<T> {
    const socket = this.#socket();
    socket.setTimeout(this.#stallMs);
    try {
      return await answer;
    } catch (error) {
      throw this.#ended ?? operatorError(error, { database: this.database });
    } finally {
      socket.setTimeout(0);
    }
  }

  /** pg's types hide the connection; TLS replaces the socket during login, so it is asked for anew. */
  #socket(): Socket {
    return (this.#client as unknown as { connection: { stream: Socket } }).connection.stream;
  }
}

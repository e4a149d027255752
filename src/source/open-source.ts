import { type AreaFile, areaOfView } from '../domain/areas.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { checkDatabase, clockSkew } from './check-source.ts';
import { type Contract, filesOf, readContract } from './contract.ts';
import { type Finding, verifiedView, verifyContract, verifyNoUnknownViews } from './contract-findings.ts';
import { dataVersion } from './data-version.ts';
import { attachmentBytes, attachmentSizes, exactSize } from './exact-size.ts';
import { plannedSizes } from './planned-size.ts';
import { countByRegion, type RowCounts } from './row-counts.ts';
import { sampledSizes } from './sampled-size.ts';
import { Session } from './session.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Source, SourceSettings } from './source.ts';
import { tableShape } from './table-shape.ts';

type Database = 'sminet2' | 'epiark';

const DATABASES: readonly Database[] = ['sminet2', 'epiark'];
const STALL_MS = 60_000;
/** What a question about one view can fail for; a connection that is lost is of all of them. */
const OF_A_VIEW: ReadonlySet<string> = new Set(['contract_broken', 'export_failed']);

/**
 * The source behind these settings. Nothing is connected until something is asked; every question has a connection of its own, and a snapshot
 * one per distinct database URL, so that closing it lets go of everything.
 */
export function openSource(settings: SourceSettings): Source {
  const open = new Set<Session>();
  const urlOf = (database: Database): string => (database === 'epiark' ? (settings.epiark ?? settings.sminet2) : settings.sminet2);
  const connect = async (database: Database): Promise<Session> => {
    const session = await Session.open(urlOf(database), settings.stallMs ?? STALL_MS);
    open.add(session);
    return session;
  };
  const withSession = async <T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await connect(database);
    try {
      return await work(session);
    } finally {
      open.delete(session);
      await session.close();
    }
  };
  const databaseOf = (view: string): Database => areaOfView(view).database;

  return {
    async check() {
      const reports: { serverVersion: string; views: string[]; findings: Finding[] }[] = [];
      for (const database of DATABASES) {
        reports.push(
          await withSession(database, async (session) => {
            const [version] = await session.query<{ server_version: string }>('SHOW server_version');
            return { serverVersion: version?.server_version ?? '', ...(await checkDatabase(session, database)) };
          }),
        );
      }
      // Two databases on one server, or one database twice, say some things twice.
      const findings = new Map(reports.flatMap((report) => report.findings.map((finding) => [JSON.stringify(finding), finding])));
      return {
        serverVersion: [...new Set(reports.map(({ serverVersion }) => serverVersion))].join(', '),
        views: reports.flatMap(({ views }) => views),
        findings: [...findings.values()],
      };
    },

    async estimate(dialect, onBroken) {
      const estimates: ViewEstimate[][] = [];
      for (const database of DATABASES) {
        estimates.push(
          await withSession(database, async (session) => {
            const contract = await readContract(session);
            verifyNoUnknownViews(contract);
            const sizesOf = (files: readonly AreaFile[]) => plannedSizes(session, contract, files, dialect);
            return ofTheReadable(unbroken(contract, filesOf(database), onBroken), sizesOf, onBroken);
          }),
        );
      }
      return estimates.flat();
    },

    async sample(planned, dialect, signal) {
      const sampled: ViewEstimate[][] = [];
      for (const database of DATABASES) {
        const files = filesOf(database);
        const sizes = planned.filter(({ view }) => files.some((file) => file.view === view));
        sampled.push(
          await withSession(database, async (session) => {
            const release = session.stopOn(signal);
            try {
              return await sampledSizes(session, await readContract(session), files, sizes, dialect);
            } finally {
              release();
            }
          }),
        );
      }
      return sampled.flat();
    },

    exactSize(name, region, dialect, signal) {
      return withSession(databaseOf(name), async (session) => {
        const release = session.stopOn(signal);
        try {
          const contract = await readContract(session);
          verifyContract(contract, [fileOf(name)]);
          const view = contract.views.get(name);
          if (!view) throw new Error(`${name} was not verified`);
          if (fileOf(name).attachments) {
            const [sums] = await session.query<{ rows: string; bytes: string }>(attachmentSizes(region));
            const rows = Number(sums?.rows ?? 0);
            return { region, view: name, rows, bytes: attachmentBytes(rows, Number(sums?.bytes ?? 0), dialect), grade: 'sample' };
          }
          const shape = await tableShape(session, contract, view, region);
          return { region, view: name, ...(await exactSize(session, view, shape, region, dialect)), grade: 'exact' };
        } finally {
          release();
        }
      });
    },

    async version() {
      const versions: string[] = [];
      for (const database of DATABASES) {
        const version = await withSession(database, dataVersion);
        if (version === undefined) return undefined;
        versions.push(version);
      }
      return versions.join();
    },

    async countRows(views) {
      const counts: RowCounts[] = [];
      for (const database of DATABASES) {
        const wanted = views.filter((view) => databaseOf(view) === database);
        if (wanted.length === 0) continue;
        await withSession(database, async (session) => {
          for (const view of wanted) counts.push(await countByRegion(session, view));
        });
      }
      return counts;
    },

    clockSkew: () => withSession('sminet2', clockSkew),

    async snapshot(areas) {
      const sessions = new Map<string, Session>();
      const once = async (database: Database) => {
        const session = sessions.get(urlOf(database)) ?? (await connect(database));
        sessions.set(urlOf(database), session);
        return session;
      };
      try {
        return await takeSnapshot(areas, once, settings.bilagor);
      } catch (error) {
        for (const session of sessions.values()) await session.close();
        throw error;
      }
    },

    async close() {
      await Promise.all([...open].map((session) => session.close()));
      open.clear();
    },
  };
}

/** The files whose views can be read; the others are told of, or thrown when nobody listens. */
function unbroken(contract: Contract, files: readonly AreaFile[], onBroken?: (error: OperatorError) => void): AreaFile[] {
  return files.filter((file) => {
    try {
      return verifiedView(contract, file);
    } catch (error) {
      if (!(onBroken && error instanceof OperatorError)) throw error;
      onBroken(error);
      return false;
    }
  });
}

/** All files in one round trip; when a view among them cannot be asked of, each on its own, so that the others have their sizes. */
async function ofTheReadable(
  files: readonly AreaFile[],
  sizesOf: (files: readonly AreaFile[]) => Promise<ViewEstimate[]>,
  onBroken?: (error: OperatorError) => void,
): Promise<ViewEstimate[]> {
  try {
    return await sizesOf(files);
  } catch (error) {
    if (!(onBroken && error instanceof OperatorError && OF_A_VIEW.has(error.code))) throw error;
    if (files.length > 1) {
      const sizes: ViewEstimate[] = [];
      for (const file of files) sizes.push(...(await ofTheReadable([file], sizesOf, onBroken)));
      return sizes;
    }
    onBroken(error);
    return [];
  }
}

function fileOf(view: string) {
  const file = areaOfView(view).files.find((candidate) => candidate.view === view);
  if (!file) throw new Error(`no area has the view ${view}`);
  return file;
}

import { AREA1_NOTIFICATIONS } from '../domain/areas.ts';
import { REGIONS } from '../domain/regions.ts';
import { type Contract, filesOf, readContract } from './contract.ts';
import { type Finding, missingComments, unknownViews, viewProblems } from './contract-findings.ts';
import { countByRegion } from './row-counts.ts';
import type { Session } from './session.ts';

const HOUR_MS = 3_600_000;

const warning = (code: string, facts: Finding['facts']): Finding => ({ severity: 'warning', code, facts });

/** What `kontrollera` says of one database. Nothing here reads a large view. */
export async function checkDatabase(session: Session, database: 'sminet2' | 'epiark'): Promise<{ views: string[]; findings: Finding[] }> {
  const contract = await readContract(session);
  const files = filesOf(database);
  const findings = [...unknownViews(contract), ...files.flatMap((file) => viewProblems(file, contract.views.get(file.view)))];
  const hasNoProblem = findings.length === 0;
  for (const { view } of files) {
    const found = contract.views.get(view);
    if (found) findings.push(...missingComments(found));
  }
  findings.push(...(await rightsToWrite(session)), ...clockFindings(await clockSkew(session)));
  if (hasNoProblem && database === 'sminet2') findings.push(...(await area1Findings(session)));
  return { views: present(contract, files), findings };
}

const present = (contract: Contract, files: readonly { view: string }[]): string[] =>
  files.map(({ view }) => view).filter((view) => contract.views.has(view));

/** The database's clock minus ours, in milliseconds, ours taken in the middle of the question. */
export async function clockSkew(session: Session): Promise<number> {
  const asked = Date.now();
  const [row] = await session.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms');
  return Math.round(Number(row?.ms) - (asked + Date.now()) / 2);
}

const clockFindings = (skew: number): Finding[] =>
  Math.abs(skew) > HOUR_MS ? [warning('clock_skew', { minutes: Math.round(skew / 60_000) })] : [];

/** A role that may do more than read is a warning only: our sessions are read-only whatever the role may (R36). */
async function rightsToWrite(session: Session): Promise<Finding[]> {
  const [row] = await session.query<{ role: string; can_write: boolean }>(`
    SELECT current_user AS role, rolsuper OR EXISTS (
      SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'f')
        AND (pg_has_role(c.relowner, 'USAGE') OR EXISTS (
          SELECT FROM aclexplode(c.relacl) AS a
          WHERE a.privilege_type NOT IN ('SELECT', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
            AND CASE a.grantee WHEN 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END))) AS can_write
    FROM pg_roles WHERE rolname = current_user`);
  return row?.can_write ? [warning('role_can_write', { role: row.role })] : [];
}

/** The letter counts 164 notifications and at least one in every region (R42, R43, T25). */
async function area1Findings(session: Session): Promise<Finding[]> {
  const { total, perRegion } = await countByRegion(session, 'omrade1_anmalningar');
  const empty = REGIONS.filter(({ code }) => perRegion[code] === 0);
  return [
    ...(total === AREA1_NOTIFICATIONS ? [] : [warning('area1_total', { found: total, expected: AREA1_NOTIFICATIONS })]),
    ...empty.map(({ code }) => warning('area1_region_empty', { region: code })),
  ];
}

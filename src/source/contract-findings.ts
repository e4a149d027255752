import { AREAS, type AreaFile } from '../domain/areas.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { type Contract, type ContractView, OWN_FIELDS } from './contract.ts';
import type { SourceReport } from './source.ts';

export type Finding = SourceReport['findings'][number];

const problem = (code: string, facts: Finding['facts']): Finding => ({ severity: 'problem', code, facts });

/** Columns that the program itself reads, beside the key and `myndighet`. */
function neededColumns({ view, onlyColumn, attachments }: AreaFile): string[] {
  if (attachments) return ['anteckning_id', 'diarienummer', 'filnamn', 'storlek', 'sha256', 'innehall', 'sokvag'];
  if (onlyColumn) return [onlyColumn];
  // Tells whether the type ever had change rows (R62).
  return view.startsWith('omrade6_') ? ['falt'] : [];
}

/** What makes a view impossible to deliver. */
export function viewProblems(file: AreaFile, view: ContractView | undefined): Finding[] {
  if (!view) return [problem('view_missing', { view: file.view })];
  if (!view.isReadable) return [problem('view_unreadable', { view: file.view })];
  const has = (name: string) => view.columns.some((column) => column.name === name);
  const findings = ['myndighet', ...neededColumns(file)]
    .filter((name) => !has(name))
    .map((column) => problem('column_missing', { view: view.name, column }));
  if (view.columns[0]?.name === 'myndighet') findings.push(problem('key_missing', { view: view.name }));
  for (const { name, type, baseType, heldTypes } of view.columns) {
    const isContent = file.attachments && name === 'innehall';
    const isWrong = name === 'myndighet' ? baseType !== 'text' : name === OWN_FIELDS ? baseType !== 'jsonb' : false;
    // `money` is written in the server's own currency format; bytes are no text.
    const isNoText = heldTypes.some((held) => held === 'money' || held === 'bytea');
    if (isWrong || (!isContent && isNoText)) {
      findings.push(problem('column_unsupported', { view: view.name, column: name, type }));
    }
  }
  return findings;
}

/** Views named as areas that no area has: a ninth log type is a question to Fohm, not something to leave out (R64). */
export function unknownViews({ views }: Contract): Finding[] {
  const known = new Set(AREAS.flatMap(({ files }) => files.map(({ view }) => view)));
  return [...views.keys()].filter((view) => view.startsWith('omrade') && !known.has(view)).map((view) => problem('view_unknown', { view }));
}

/** Columns that the package could not explain to its reader. */
export const missingComments = (view: ContractView): Finding[] =>
  view.columns
    .filter(({ comment }) => !comment)
    .map(({ name }) => ({ severity: 'warning', code: 'comment_missing', facts: { view: view.name, column: name } }));

/** Throws `view_unknown` for the first view that no area has. */
export function verifyNoUnknownViews(contract: Contract): void {
  const [first] = unknownViews(contract);
  if (first) throw new OperatorError('view_unknown', first.facts);
}

/** The view of a file. Throws `value_unsupported` or `contract_broken` for the first thing that is wrong with it. */
export function verifiedView({ views }: Contract, file: AreaFile): ContractView {
  const view = views.get(file.view);
  const [first] = viewProblems(file, view);
  if (first?.code === 'column_unsupported') throw new OperatorError('value_unsupported', first.facts);
  if (first || !view) throw new OperatorError('contract_broken', { ...first?.facts, reason: first?.code ?? 'view_missing' });
  return view;
}

/** Throws `view_unknown`, `value_unsupported` or `contract_broken` for the first problem of these files. */
export function verifyContract(contract: Contract, files: readonly AreaFile[]): void {
  verifyNoUnknownViews(contract);
  for (const file of files) verifiedView(contract, file);
}

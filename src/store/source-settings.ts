import { OperatorError } from '../domain/operator-error.ts';
import type { Settings } from './settings.ts';

/** Where the databases are. Throws `settings_invalid` when the settings do not say: decisions can be registered without them. */
export function sourceSettings({ source, file }: Settings): NonNullable<Settings['source']> {
  if (!source) throw new OperatorError('settings_invalid', { file, key: 'source', problem: 'missing', more: 0 });
  return source;
}

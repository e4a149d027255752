import { type AreaId, parseArea } from '../../../domain/areas.ts';
import type { Key } from '../../parts/key.ts';

export type RegionAction =
  | { readonly do: 'move'; readonly by: 1 | -1 }
  | { readonly do: 'toArea'; readonly area: AreaId }
  | { readonly do: 'decide' | 'copy' | 'explain' | 'review' | 'back' };

const LETTERS: Readonly<Record<string, RegionAction>> = { c: { do: 'copy' }, i: { do: 'explain' }, g: { do: 'review' } };

export function regionAction(key: Key): RegionAction | undefined {
  switch (key.name) {
    case 'up':
      return { do: 'move', by: -1 };
    case 'down':
      return { do: 'move', by: 1 };
    case 'enter':
      return { do: 'decide' };
    case 'escape':
    case 'left':
    case 'backspace':
      return { do: 'back' };
    case 'char': {
      const area = parseArea(key.char);
      return area ? { do: 'toArea', area } : LETTERS[key.char];
    }
    default:
      return undefined;
  }
}

import type { AreaId } from '../../../domain/areas.ts';
import { parseArea } from '../../../domain/areas.ts';
import type { Key } from '../../parts/key.ts';

export type OverviewAction =
  | { readonly do: 'move'; readonly by: number }
  | { readonly do: 'moveArea'; readonly by: number }
  | { readonly do: 'toArea'; readonly area: AreaId }
  | { readonly do: 'open' | 'filter' | 'clearFilter' | 'nextFailure' | 'receipts' };

const LETTERS: Readonly<Record<string, OverviewAction>> = {
  '/': { do: 'filter' },
  f: { do: 'nextFailure' },
  k: { do: 'receipts' },
};

export function overviewAction(key: Key): OverviewAction | undefined {
  switch (key.name) {
    case 'up':
      return { do: 'move', by: -1 };
    case 'down':
      return { do: 'move', by: 1 };
    case 'pageUp':
      return { do: 'move', by: -10 };
    case 'pageDown':
      return { do: 'move', by: 10 };
    case 'home':
      return { do: 'move', by: -21 };
    case 'end':
      return { do: 'move', by: 21 };
    case 'left':
      return { do: 'moveArea', by: -1 };
    case 'right':
      return { do: 'moveArea', by: 1 };
    case 'enter':
      return { do: 'open' };
    case 'escape':
      return { do: 'clearFilter' };
    case 'char': {
      const area = parseArea(key.char);
      return area ? { do: 'toArea', area } : LETTERS[key.char];
    }
    default:
      return undefined;
  }
}

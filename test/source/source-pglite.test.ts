import { sourceContract } from '../contracts/source.ts';
import { startPglite } from '../support/pglite.ts';

sourceContract('PGlite', (bilagorDir) => startPglite({ bilagorDir }));

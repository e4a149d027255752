import { sourceContract } from '../contracts/source.ts';
import { startPglite } from '../support/pglite.ts';

// PGlite comes without PostgreSQL's conversion libraries and hangs when one is asked for.
sourceContract('PGlite', (bilagorDir) => startPglite({ bilagorDir }), { encodings: ['utf-8'] });

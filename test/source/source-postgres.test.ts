import { sourceContract } from '../contracts/source.ts';
import { startPostgres } from '../support/postgres.ts';

sourceContract(
  'PostgreSQL',
  async (bilagorDir) => {
    const server = await startPostgres();
    return { url: await server.createSource('sminet2', { bilagorDir }), stop: server.stop };
  },
  { encodings: ['utf-8', 'iso-8859-1'] },
);

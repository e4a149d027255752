import { parseArgs } from 'node:util';
import { loadSynthetic } from './load.ts';

const USAGE = 'npm run fixture -- --url URL [--seed N] [--scale X] [--bilagor DIR] [--stora]';

/** Loads the SYNTETISK Sminet 2 into an empty database; for developers, so in English. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '0.02' },
      bilagor: { type: 'string' },
      stora: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const scale = Number(values.scale);
  if (!values.url || !Number.isSafeInteger(seed) || !(scale > 0) || (values.stora && !values.bilagor)) throw new Error(`usage: ${USAGE}`);
  await loadSynthetic(values.url, { seed, scale, bilagorDir: values.bilagor, large: values.stora });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

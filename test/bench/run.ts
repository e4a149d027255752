/** `npm run bench -- <name> [flags]`: every bench reads its own flags. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  export: () => import('./export.ts'),
  transfer: () => import('./transfer-main.ts'),
};

const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (!bench) throw new Error(`there is no bench ${name}: ${Object.keys(BENCHES).join(', ')}`);
await bench();

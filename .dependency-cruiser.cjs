// The one-way arrows of the house: main → commands → delivery, ui → source, bag, transfer, store → text → domain.
// terminal imports nothing of ours; demo is a program of its own beside main.

const rooms = {
  domain: [],
  text: ['domain'],
  terminal: [],
  source: ['text', 'domain'],
  bag: ['text', 'domain'],
  transfer: ['text', 'domain'],
  store: ['text', 'domain'],
  delivery: ['source', 'bag', 'transfer', 'store', 'text', 'domain'],
  ui: ['terminal', 'text', 'domain'],
  commands: ['ui', 'delivery', 'source', 'bag', 'transfer', 'store', 'terminal', 'text', 'domain'],
  demo: ['delivery', 'transfer', 'store', 'text', 'domain'],
};

/** Inside transfer/, each may also use its contract and its errors: an upload is a login, a session, what is there, the sending, the proof, the name. */
const TRANSFER = ['login', 'session', 'remote', 'upload', 'proof', 'publish'];
const TRANSFER_BASE = '^src/transfer/(transfer|sftp-errors)\\.ts';

const pathOf = (room) => `^src/${room}(/|\\.ts)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '^src/(main|demo/main|demo/servers|demo/synthetic/main)\\.ts' },
      to: {},
    },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '^src/main\\.ts' } },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/demo' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(rooms).map(([room, may]) => ({
      name: `arrows-from-${room}`,
      severity: 'error',
      from: { path: pathOf(room) },
      to: { path: '^src/', pathNot: [room, ...may].map(pathOf) },
    })),
    ...TRANSFER.map((room, at) => ({
      name: `arrows-from-transfer-${room}`,
      severity: 'error',
      from: { path: pathOf(`transfer/${room}`) },
      to: { path: '^src/transfer/', pathNot: [TRANSFER_BASE, ...TRANSFER.slice(0, at + 1).map((each) => pathOf(`transfer/${each}`))] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.jsx', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

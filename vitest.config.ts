import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Real servers are started and killed by these tests, also on a machine that has other work: the limits are for a hang, never for a timing.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Most of these tests wait for servers, lines and disks more than they reckon: three at a time fill two cores (708 s with two, 535 s with three).
    maxWorkers: 3,
  },
});

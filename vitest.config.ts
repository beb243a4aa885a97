import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['kedro-temporal-source'] },
  ssr: { resolve: { conditions: ['kedro-temporal-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

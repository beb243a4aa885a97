import { defineConfig } from 'vitest/config';

const WITH_SERVER = ['test/{temporal,replay,package,cli,server}/**/*.test.ts', 'test/browser/real-endpoint.test.ts'];

export default defineConfig({
  resolve: { conditions: ['kedro-temporal-source'] },
  ssr: { resolve: { conditions: ['kedro-temporal-source'] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'rooms', include: ['test/**/*.test.ts'], exclude: WITH_SERVER } },
      {
        extends: true,
        test: { name: 'temporal', include: WITH_SERVER, globalSetup: ['test/temporal/server.ts'], testTimeout: 60_000 },
      },
    ],
  },
});

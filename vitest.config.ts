import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { browserArguments } from './src/host/browser.ts'
import viteConfig from './vite.config.ts'

const domEnvironment = fileURLToPath(new URL('./tests/unit/ui/dom-environment.ts', import.meta.url))

export default defineConfig({
  test: {
    projects: [
      {
        // What a file asks for by the comment `@vitest-environment dom`.
        resolve: { alias: { 'vitest-environment-dom': domEnvironment } },
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/unit/**/*.test.{ts,tsx}'],
          setupFiles: ['tests/unit/no-workers.ts'],
          testTimeout: 30_000,
          // What is tested here keeps no state of its own: loading it once for all files saves a third of the time.
          isolate: false,
          // On every core: nothing else runs meanwhile.
          maxWorkers: '100%',
        },
      },
      {
        ...viteConfig,
        test: {
          name: 'gpu',
          // Side by side with the end-to-end tests: each alone leaves cores idle while it waits for the other's kind of
          // work, and without an order of its own it would come after them.
          sequence: { groupOrder: 1 },
          include: ['tests/gpu/**/*.test.ts'],
          setupFiles: ['tests/gpu/shared-device.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          // One page for all files: fetching the sources anew for each took a third of the time.
          isolate: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: [...browserArguments],
                ...(process.env.FRAMEWRIGHT_TEST_BROWSER
                  ? { executablePath: process.env.FRAMEWRIGHT_TEST_BROWSER }
                  : {}),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          sequence: { groupOrder: 1 },
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/e2e/built-app.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          isolate: false,
          // Of those tests that say they may run side by side.
          maxConcurrency: 2,
        },
      },
    ],
  },
})

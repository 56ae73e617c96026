import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { browserArguments } from './src/host/browser.ts'
import viteConfig from './vite.config.ts'

const domEnvironment = fileURLToPath(new URL('./tests/unit/ui/dom-environment.ts', import.meta.url))

/**
 * Files that ask for a document come first. A worker whose next file wants another environment than its last one ends, and a
 * new one loads everything again: mixed, sixteen were started for what four do.
 */
class DocumentsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const asking = new Set(
      sorted.filter(({ moduleId }) => readFileSync(moduleId, 'utf8').includes('@vitest-environment dom')),
    )
    return [...asking, ...sorted.filter((file) => !asking.has(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: DocumentsFirst },
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

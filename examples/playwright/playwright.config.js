import { defineConfig } from '@playwright/test';

const port = process.env.PORT ?? '3000';
const origin = process.env.GATEHOUSE ?? `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: 'tests',
  // The tests share one server, and reset it
  workers: 1,
  use: { baseURL: origin },
  webServer: process.env.GATEHOUSE
    ? undefined
    : {
        command: 'npx gatehouse --ephemeral --seed ../ephemeral/demo.json',
        url: `${origin}/health/ready`,
        env: { PORT: port },
      },
});

import { CHROMIUM, SwaggerUi } from '../support/swagger-ui.js';
import { createTestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { writeFileSync } from 'node:fs';

describeWhereInstalled(CHROMIUM, '--version')('the documentation page in a browser', () => {
  describe.each(['Katixo', 'Datix Lab', 'Gatehouse'])('%s on a fresh server', (contract) => {
    const t = createTestApp({ THROTTLE_ENABLED: null });
    it('walk', async () => {
      const ui = await SwaggerUi.launch();
      const out: string[] = [];
      try {
        await ui.open(`${t.server.origin}/docs`, contract);
        await ui.page.screenshot({ path: `/tmp/b5/h6-${contract}.png` });
        for await (const { id, status, shown } of ui.executeAll()) out.push(`${contract} ${id} ${status} ${status < 300 ? '' : shown.slice(0, 300).replaceAll('\n', ' ')}`);
        await ui.page.screenshot({ path: `/tmp/b5/h6-${contract}-end.png`, fullPage: true });
      } finally {
        writeFileSync(`/tmp/b5/h6-walk-${contract}.txt`, out.join('\n'));
        await ui.close();
      }
    });
  });
});

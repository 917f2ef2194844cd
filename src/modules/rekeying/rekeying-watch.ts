import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { Metrics } from '../metrics/metrics.js';
import { SecretKeysService } from '../secret-keys/secret-keys.service.js';
import { RekeyingService, type Remaining } from './rekeying.service.js';

/** Reports secrets that no key opens as they are needed, and counts what is not under the current key. */
@Injectable()
export class RekeyingWatch extends PeriodicSweep {
  /** As of the last round; empty before the first. */
  remaining: Remaining = new Map();

  constructor(
    private readonly keyring: Keyring,
    private readonly secretKeys: SecretKeysService,
    private readonly rekeying: RekeyingService,
    metrics: Metrics,
  ) {
    super();
    keyring.onUnreadable = ({ message }, purpose) => {
      metrics.countUnreadableSecret(purpose);
      this.logger.error(message);
    };
  }

  async sweep(): Promise<void> {
    await this.secretKeys.reportUse();
    this.remaining = await this.rekeying.countRemaining();
    const others = [...this.remaining].filter(([, count]) => count > 0);
    if (others.length === 0) return;
    const counts = others.map(([purpose, count]) => `${purpose}: ${count}`).join(', ');
    const isAlone = this.keyring.ids.length === 1;
    this.logger[isAlone ? 'error' : 'log'](
      `Not encrypted under SECRET_KEY: ${counts}. Run npm run rekey (docs/secret-key.md)`,
    );
  }
}

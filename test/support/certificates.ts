import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of one's own, made by openssl, as an operator makes it. */
export class CertificateAuthority {
  /** Its certificate. */
  readonly file: string;
  private readonly key: string;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    [this.file, this.key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    this.run('req', '-x509', ...KEY, '-keyout', this.key, '-out', this.file, '-subj', `/CN=${name}`);
  }

  /** The files of a certificate for this host name, and of its key. */
  issue(host: string): { certificate: string; key: string } {
    const [certificate, key, request, extension] = ['pem', 'key', 'csr', 'ext'].map((kind) =>
      join(this.folder, `${this.name}-${host}.${kind}`),
    ) as [string, string, string, string];
    writeFileSync(extension, `subjectAltName = DNS:${host}\n`);
    this.run('req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${host}`);
    const signed = ['-CA', this.file, '-CAkey', this.key, '-CAcreateserial', '-extfile', extension];
    this.run('x509', '-req', '-in', request, '-out', certificate, ...signed);
    return { certificate, key };
  }

  private run(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'ignore' });
  }
}

import sharp from 'sharp';
import { drawQrCode } from './qr-code.js';

it('a QR code is a square PNG in a data URL', async () => {
  const url = await drawQrCode('otpauth://totp/Acme:ada@example.com?secret=GEZDGNBVGY3TQOJQ');
  const [head, data = ''] = url.split(',');
  expect(head).toBe('data:image/png;base64');
  const { format, width, height } = await sharp(Buffer.from(data, 'base64')).metadata();
  expect({ format, width, height }).toEqual({ format: 'png', width: 256, height: 256 });
});

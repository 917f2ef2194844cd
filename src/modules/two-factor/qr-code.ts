import { toDataURL } from 'qrcode';

/** The text as a QR code: a PNG in a `data:` URL, with a border that cameras need. */
export function drawQrCode(text: string): Promise<string> {
  return toDataURL(text, { type: 'image/png', errorCorrectionLevel: 'M', margin: 4, width: 256 });
}

/** Renders the text as a QR code: a PNG in a `data:` URL, with the quiet zone that scanners need. */
export async function drawQrCode(text: string): Promise<string> {
  const { toDataURL } = await import('qrcode');
  return toDataURL(text, { type: 'image/png', errorCorrectionLevel: 'M', margin: 4, width: 256 });
}

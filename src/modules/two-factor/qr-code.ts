/** The text as a QR code: a PNG in a `data:` URL, with a border that cameras need. */
export async function drawQrCode(text: string): Promise<string> {
  const { toDataURL } = await import('qrcode');
  return toDataURL(text, { type: 'image/png', errorCorrectionLevel: 'M', margin: 4, width: 256 });
}

const PREFIX = 'data:image/png;base64,';

/**
 * The picture of a `data:` URL, which the policy of the page lets no <img> load: its bytes are decoded and drawn. For screen
 * readers it has the label.
 */
export async function pictureOf(dataUrl: string, label: string): Promise<HTMLCanvasElement> {
  const bytes = Uint8Array.from(atob(dataUrl.slice(PREFIX.length)), (byte) => byte.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height, canvas.className] = [bitmap.width, bitmap.height, 'qr-code'];
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas;
}

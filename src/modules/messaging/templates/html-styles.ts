/** Only properties that mail clients support. Every colour of the light scheme has its counterpart in the dark one. */
export const MAIL_STYLES = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background: #f3f4f6; }
.page { background: #f3f4f6; padding: 32px 16px; }
.sheet { max-width: 520px; background: #ffffff; border: 1px solid #e5e7eb; border-radius: 12px; }
.content { padding: 32px; font: 16px/1.55 -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  color: #1f2937; text-align: left; overflow-wrap: anywhere; }
.content p { margin: 0 0 16px; }
h1 { margin: 0 0 20px; font-size: 22px; line-height: 1.3; font-weight: 650; color: #111827; }
.content .sender { margin: 0 0 24px; font-size: 13px; font-weight: 600; letter-spacing: .04em; color: #6b7280; }
.action { margin: 24px 0; }
.button { background: #1d4ed8; border-radius: 8px; }
.button a { display: inline-block; padding: 12px 22px; color: #ffffff; font-weight: 600; text-decoration: none; }
.raw, .raw a { font-size: 13px; line-height: 1.5; color: #6b7280; }
.content .code { margin: 24px 0; font: 600 32px/1 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .18em;
  color: #111827; }
.facts { margin: 0 0 16px; }
.facts th { padding: 4px 16px 4px 0; font-weight: 400; text-align: left; color: #6b7280; }
.facts td { padding: 4px 0; }
.content .closing { margin: 28px 0 0; padding-top: 20px; border-top: 1px solid #e5e7eb; font-size: 13px; color: #6b7280; }
@media (max-width: 480px) { .page { padding: 0; } .sheet { border: 0; border-radius: 0; } .content { padding: 24px 20px; } }
@media (prefers-color-scheme: dark) {
  body, .page { background: #0b0f17; }
  .sheet { background: #151b26; border-color: #273142; }
  .content { color: #d6dbe4; }
  h1, .content .code { color: #f3f5f9; }
  .button { background: #3b6cf0; }
  .content .sender, .raw, .raw a, .facts th, .content .closing { color: #98a2b3; }
  .content .closing { border-color: #273142; }
}
`;

/** Added to the stylesheet of the inbox. */
export const LANDING_STYLES = `
header p { margin: 0 auto; font-size: 13px; color: var(--soft); text-align: center; }
header a { color: var(--accent); }
article { max-width: 420px; margin-top: 4vh; }
[hidden] { display: none; }
label span { display: block; margin-bottom: 4px; font-size: 14px; font-weight: 550; }
label input { width: 100%; margin-bottom: 14px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--sheet); color: inherit; font: inherit; }
label input[aria-invalid='true'] { border-color: var(--bad); }
.hint { margin: 0 0 16px; font-size: 13px; color: var(--soft); }
.outcome { margin-top: 20px; padding: 14px 16px; border: 1px solid var(--line); border-left: 3px solid var(--ok);
  border-radius: 10px; background: var(--sheet); overflow-wrap: anywhere; }
.outcome.bad { border-left-color: var(--bad); }
.outcome p, .outcome ul { margin: 4px 0 0; color: var(--soft); }
.outcome ul { padding-left: 20px; }
`;

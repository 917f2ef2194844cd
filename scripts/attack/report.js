import { GOT_THROUGH, NOT_TRIED, REFUSED } from './outcomes.js';

const COLUMNS = ['outcome', 'attack', 'recalls', 'expected', 'seen'];
const cell = (text) => String(text).replace(/\|/g, '\\|').replace(/\s+/g, ' ');

/** The report as Markdown: a table for each area. */
export function tableOf({ target, outcomes, counts, left, sent, seconds }) {
  const areas = [...new Set(outcomes.map(({ area }) => area))];
  const lines = [`# Attack pack against ${target}`];
  for (const area of areas) {
    lines.push('', `## ${area}`, '', row(COLUMNS), row(COLUMNS.map(() => '---')));
    for (const { outcome, id, title, recalls, expected, seen } of outcomes.filter(
      (one) => one.area === area,
    )) {
      lines.push(row([outcome, `\`${id}\` ${title}`, recalls, expected, seen]));
    }
  }
  lines.push('', summaryOf({ counts, sent, seconds }));
  if (left.length > 0) lines.push('', 'Not removed:', ...left.map((one) => `- ${one}`));
  return lines.join('\n');
}

/** The cases that got through or broke off, a line each: for a terminal that has scrolled by. */
export function findings(outcomes) {
  return outcomes
    .filter(({ outcome, brokeOff }) => outcome === GOT_THROUGH || brokeOff)
    .map(({ outcome, id, title, recalls, expected, seen, brokeOff }) =>
      [
        `${brokeOff ? 'broke off' : outcome}: ${id}: ${title}`,
        `  recalls:  ${recalls}`,
        `  expected: ${expected}`,
        `  seen:     ${seen}`,
      ].join('\n'),
    );
}

export function countsOf(outcomes) {
  const count = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    tried: outcomes.length - count(NOT_TRIED),
    refused: count(REFUSED),
    gotThrough: count(GOT_THROUGH),
    notTried: count(NOT_TRIED),
    brokeOff: outcomes.filter(({ brokeOff }) => brokeOff).length,
  };
}

function summaryOf({ counts, sent, seconds }) {
  const { refused, gotThrough, notTried, brokeOff } = counts;
  const broken = brokeOff > 0 ? `, of which ${brokeOff} broke off` : '';
  return (
    `${refused} ${REFUSED}, ${gotThrough} ${GOT_THROUGH}, ${notTried} ${NOT_TRIED}${broken}; ` +
    `${sent} requests in ${seconds} s.`
  );
}

const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;

import type { RowStatus } from '../job/item-row.js';
import { ROW_STATUSES } from '../job/item-row.js';
import { escapeHtml } from './escape.js';

const BAR_WIDTH = 1_000;
const BAR_HEIGHT = 16;

/** One bar that is divided as the rows are by status. */
export function statusBar(byStatus: Readonly<Record<RowStatus, number>>): string {
  const total = ROW_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
  let left = 0;
  const parts = ROW_STATUSES.filter((status) => byStatus[status] > 0).map((status) => {
    const width = (byStatus[status] / total) * BAR_WIDTH;
    const x = left;
    left += width;
    const title = `<title>${byStatus[status].toLocaleString('en')} ${status}</title>`;
    return `<rect class="${status}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="${BAR_HEIGHT}">${title}</rect>`;
  });
  const box = `viewBox="0 0 ${BAR_WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none"`;
  return `<svg class="bar" ${box} role="img" aria-label="Rows by status">${parts.join('')}</svg>`;
}

const ROW_HEIGHT = 26;
const CHART_WIDTH = 560;
const NAME_WIDTH = 190;
const COUNT_WIDTH = 60;
const SHOWN_CHARACTERS = 26;

/** A bar for each value, as long as it is frequent. */
export function valueBars(values: readonly (readonly [value: string, count: number])[]): string {
  const most = Math.max(1, ...values.map(([, count]) => count));
  const bars = values.map(([value, count], index) => {
    const y = index * ROW_HEIGHT;
    const width = (count / most) * (CHART_WIDTH - NAME_WIDTH - COUNT_WIDTH);
    const name = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS - 1)}…` : value;
    return [
      `<text x="0" y="${y + 17}">${escapeHtml(name)}</text>`,
      `<rect x="${NAME_WIDTH}" y="${y + 4}" width="${width.toFixed(1)}" height="18" rx="3"></rect>`,
      `<text class="count" x="${(NAME_WIDTH + width + 8).toFixed(1)}" y="${y + 17}">${count.toLocaleString('en')}</text>`,
    ].join('');
  });
  const box = `viewBox="0 0 ${CHART_WIDTH} ${values.length * ROW_HEIGHT}"`;
  return `<svg ${box} role="img" aria-label="Rows by value">${bars.join('')}</svg>`;
}

/**
 * The pictures of the documents, from a real run of `npm start`, in Chromium without a window. The lists are opened by the links of
 * docs/operations.md.
 *
 *     npm run screenshots [FOLDER]
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const { openBrowser } = require('./browser.cjs');
const { startDemo } = require('./demo.cjs');

const root = path.join(__dirname, '../..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'docs/images'));
const SIZE = [1440, 900];

/** A tab of a workflow's page, and a text that it shows once it is there. */
const WORKFLOWS = [
  ['run', 'incident-42/geolocate', 'timeline', 'submit “geolocate ip”'],
  ['failed-action', 'incident-43/block', 'user-metadata', 'fw-2 did not answer'],
  ['approval', 'incident-44/block', 'user-metadata', 'asks'],
  ['refused', 'incident-45/geolocate', 'timeline', 'container_id'],
  ['waiting', 'incident-46/block', 'user-metadata', 'awaitingActionRun'],
  ['cancelled', 'incident-47/block', 'user-metadata', 'false alarm'],
];
const COLUMNS = [
  'Status',
  'Workflow ID',
  'SoarOutcome',
  'SoarState',
  'SoarAction',
  'SoarContainerId',
  'SoarProgress',
  'Start',
];

/** The links of docs/operations.md to lists, by the name of the view that they save. */
function listLinks() {
  const text = fs.readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
  const links = [...text.matchAll(/\(http:\/\/127\.0\.0\.1:8233(\/[^)]*savedQuery=([^)&]*))\)/g)];
  return new Map(links.map(([, address, name]) => [decodeURIComponent(name), address]));
}

async function takeWorkflows(page, { uiUrl, batchId }) {
  const batch = [
    ['batch', batchId, 'user-metadata', '320'],
    ['batch-children', batchId, 'timeline', 'rows 2-'],
  ];
  for (const [name, id, tab, text] of [...WORKFLOWS, ...batch]) {
    const address = `${uiUrl}/namespaces/default/workflows/${encodeURIComponent(id)}`;
    await page.open(address, id);
    await page.until('location.pathname.split("/").length > 6');
    const opened = await page.evaluate(`location.href.replace(/[^/]*$/, ${JSON.stringify(tab)})`);
    await page.open(opened, tab === 'user-metadata' ? 'Current Details' : text);
    // The details are a page within the page.
    if (tab === 'user-metadata') await page.untilInFrame(text);
    await settled(page);
    await page.save(path.join(folder, `${name}.png`));
  }
}

async function takeLists(page, { uiUrl }) {
  const columns = JSON.stringify({ default: COLUMNS.map((label) => ({ label })) });
  await page.evaluate(`localStorage.setItem('namespace-workflow-table-columns', ${JSON.stringify(columns)})`);
  const links = listLinks();
  const shown = [
    ['list', 'All SOAR runs', 'incident-42'],
    ['list-failed', 'Failed', 'incident-43'],
    ['list-waiting', 'Waiting for a person', 'incident-44'],
  ];
  for (const [name, view, text] of shown) {
    if (!links.has(view)) throw new Error(`docs/operations.md has no link that saves the view "${view}".`);
    await page.open(`${uiUrl}${links.get(view)}`, text);
    await settled(page);
    await page.save(path.join(folder, `${name}.png`));
  }
}

/** Nothing moves any more: the page looks the same twice. */
async function settled(page) {
  for (let before; ;) {
    const now = await page.evaluate('document.body.innerText');
    if (now === before) return;
    before = now;
    await delay(1_000);
  }
}

async function main() {
  // First: where there is no Chromium, no demo is left running.
  const browser = await openBrowser();
  try {
    await takeAll(browser);
  } finally {
    await browser.close();
  }
}

async function takeAll(browser) {
  const demo = await startDemo();
  try {
    const page = await browser.page(...SIZE);
    await page.open(pathToFileURL(demo.report).href, 'rows succeeded');
    await page.save(path.join(folder, 'report.png'));
    await takeWorkflows(page, demo);
    await takeLists(page, demo);
  } finally {
    await demo.close();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});

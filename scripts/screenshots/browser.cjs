/** A headless Chromium, spoken to by its DevTools protocol. `CHROMIUM` names the program; Debian's package is `chromium`. */
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { WebSocket } = require('undici');

const LOOK_EVERY_MS = 200;
const WAIT_MS = 30_000;

/** Starts the browser. `page(width, height)` opens a page; `close()` ends it. */
async function openBrowser() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'soar-runner-chromium-'));
  const options = [
    '--headless=new',
    '--no-sandbox',
    '--hide-scrollbars',
    '--force-color-profile=srgb',
    '--remote-debugging-port=0',
  ];
  const program = process.env.CHROMIUM ?? 'chromium';
  const child = spawn(program, [...options, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      const match = /DevTools listening on (\S+)/.exec((said += chunk));
      if (match) resolve(match[1]);
    });
    child.once('error', () =>
      reject(new Error(`${program} cannot be started: install Debian's chromium, or set CHROMIUM.`)),
    );
    child.once('exit', () => reject(new Error(`${program} ended: ${said}`)));
  });
  const call = await connect(url);
  return {
    page: (width, height) => openPage(call, width, height),
    close: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

async function connect(url) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const pending = new Map();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const { resolve, reject } = pending.get(id) ?? {};
    pending.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      pending.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
}

async function openPage(call, width, height) {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => call(method, params, sessionId);
  await send('Page.enable');
  await send('DOM.enable');
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  const evaluate = async (expression) =>
    (await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value;
  /** Waits until an expression is true in the page. */
  const until = async (expression) => {
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
      if (await evaluate(`Boolean(${expression})`).catch(() => false)) return;
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(
      `It was never seen: ${expression}; the page says: ${await evaluate('document.body.innerText.slice(0, 2000)')}`,
    );
  };
  /** All there is in the page and in the frames within it, which scripts of the page may not look into. */
  const nodes = async () => (await send('DOM.getFlattenedDocument', { depth: -1, pierce: true })).nodes;
  return {
    evaluate,
    until,
    nodes,
    /** Opens an address and waits for a text. */
    open: async (url, text) => {
      await send('Page.navigate', { url });
      await until(`document.body?.innerText.includes(${JSON.stringify(text)})`);
    },
    /** Waits until the page or a frame of it has a text. */
    untilInFrame: async (text) => {
      for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
        if ((await nodes()).some(({ nodeValue = '' }) => nodeValue.includes(text))) return;
        await delay(LOOK_EVERY_MS);
      }
      throw new Error(`No frame says ${text}`);
    },
    save: async (file) => {
      const { data } = await send('Page.captureScreenshot', { format: 'png' });
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, Buffer.from(data, 'base64'));
    },
    close: () => call('Target.closeTarget', { targetId }),
  };
}

module.exports = { openBrowser };

/**
 * Writes what is documented from code: the table in `docs/configuration.md`, and `.env.example`. Works on the compiled code.
 *
 *     npm run docs
 */
const fs = require('node:fs');
const path = require('node:path');
const { envExample, settingsTable } = require('../dist/config/settings-docs.js');

const at = (file) => path.join(__dirname, '..', file);

/** Puts `content` between the comments `<!-- name… -->` and `<!-- /name -->` of a page. */
function replaceBlock(file, name, content) {
  const block = new RegExp(`(<!-- ${name}:[^>]*-->\n)[^]*?(<!-- /${name} -->)`);
  const page = fs.readFileSync(file, 'utf8');
  if (!block.test(page)) throw new Error(`${file} has no block "${name}".`);
  fs.writeFileSync(
    file,
    page.replace(block, (_match, start, end) => `${start}\n${content}\n\n${end}`),
  );
}

replaceBlock(at('docs/configuration.md'), 'settings', settingsTable());
fs.writeFileSync(at('.env.example'), envExample());

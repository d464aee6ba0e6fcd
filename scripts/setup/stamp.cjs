const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

function filesBelow(entry) {
  if (!fs.existsSync(entry)) return [];
  if (!fs.statSync(entry).isDirectory()) return [entry];
  return fs
    .readdirSync(entry)
    .sort()
    .flatMap((name) => filesBelow(path.join(entry, name)));
}

/** One hash over the content of files and folders: a step is done again only when what it works from has changed. */
function hashOf(entries) {
  const hash = createHash('sha256');
  for (const file of entries.flatMap(filesBelow)) hash.update(file).update('\0').update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** Runs `work` unless the stamp in `stampFile` says it was done for the same inputs already. */
async function unlessStamped(stampFile, entries, work) {
  const hash = hashOf(entries);
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === hash) return;
  await work();
  fs.mkdirSync(path.dirname(stampFile), { recursive: true });
  fs.writeFileSync(stampFile, hash);
}

module.exports = { unlessStamped };

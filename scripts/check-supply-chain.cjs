/**
 * Is everything in package-lock.json what was looked at once? Each package has a SHA-512 and, if it comes with the product, a licence
 * that goes with ours; none runs a script at install that is not known here.
 *
 *     node scripts/check-supply-chain.cjs [LOCKFILE]
 */
const fs = require('node:fs');
const path = require('node:path');

/** They ask for nothing but their text and a notice. */
const LICENSES = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];
/** Looked at one by one. */
const LICENSED_OTHERWISE = {
  '@ip-location-db/geo-whois-asn-country-mmdb': 'CC0-1.0', // NOTICE says more.
  'caniuse-lite': 'CC-BY-4.0', // Webpack's, for the workflow bundle; its data does not get there.
  unionfs: undefined, // Its LICENSE file is the Unlicense.
};
/** What their scripts do at install: check for a prebuilt binary, or print a notice. */
const WITH_INSTALL_SCRIPT = ['@parcel/watcher', '@swc/core', 'classic-level', 'protobufjs', 'unrs-resolver'];

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

function isLicensed(name, license) {
  if (Object.hasOwn(LICENSED_OTHERWISE, name)) return LICENSED_OTHERWISE[name] === license;
  return license !== undefined && license.split(' AND ').every((one) => LICENSES.includes(one));
}

function problemsOf([place, { integrity, resolved, license, dev, hasInstallScript }]) {
  const name = nameOf(place);
  return [
    ...(/^sha512-[\w+/]{86}==$/.test(integrity ?? '') ? [] : [`${place} has no SHA-512`]),
    ...(resolved === undefined || resolved.startsWith('https://') ? [] : [`${place} does not come by HTTPS`]),
    ...(dev || isLicensed(name, license) ? [] : [`${place} is licensed ${license ?? 'by nothing it says'}`]),
    ...(hasInstallScript && !WITH_INSTALL_SCRIPT.includes(name) ? [`${place} runs a script at install`] : []),
  ];
}

const lockfile = process.argv[2] ?? path.join(__dirname, '../package-lock.json');
const { packages } = JSON.parse(fs.readFileSync(lockfile, 'utf8'));
const entries = Object.entries(packages).filter(([place]) => place !== '');
const problems = entries.flatMap(problemsOf);
process.stdout.write(problems.length > 0 ? `${problems.join('\n')}\n` : `${entries.length} packages are as known.\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The embedded SOAR-compatible server, for one's own tests and for `npm run sim`. See docs/embedded-soar.md. */
export type { SimCounts, SoarSimApp } from './app.js';
export { createSoarSimApp } from './app.js';
export type { Faults, SoarSimAppOptions, SoarSimOptions } from './options.js';
export type { SelfSigned } from './self-signed.js';
export { selfSignedCertificate } from './self-signed.js';
export type { SoarSim } from './server.js';
export { startSoarSim } from './server.js';

/** The embedded SOAR-compatible server, for one's own tests and for `npm run sim`. See docs/embedded-soar.md. */
export type { SimCounts } from './counts.js';
export type { Faults, SoarSimAppOptions, SoarSimOptions } from './options.js';
export type { SelfSigned } from './self-signed.js';
export { selfSignedCertificate } from './self-signed.js';
export type { SoarSimApp } from './soar-sim-app.js';
export { createSoarSimApp } from './soar-sim-app.js';
export type { SoarSim } from './start-soar-sim.js';
export { startSoarSim } from './start-soar-sim.js';

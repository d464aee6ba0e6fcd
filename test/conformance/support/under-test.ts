import { readConfig } from '../../../src/config/read-config.js';
import { startEmbedded } from './embedded.js';
import type { Material } from './material.js';
import { findMaterial } from './material.js';
import type { Soar } from './soar.js';
import { connect } from './soar.js';

/** True if the suite runs against the embedded SOAR, which is everywhere but where `SOAR_BASE_URL` is set. */
export const IS_EMBEDDED = !process.env['SOAR_BASE_URL'];

/** True if runs may be submitted and cancelled: on the embedded SOAR, or where `SOAR_CONFORMANCE_WRITE` is `true`. */
export const MAY_WRITE = IS_EMBEDDED || process.env['SOAR_CONFORMANCE_WRITE'] === 'true';

/** How the SOAR under test can be reached: the embedded one both ways, any other as `SOAR_BASE_URL` says. */
export const SCHEMES = IS_EMBEDDED ? (['http', 'https'] as const) : (['the configured URL'] as const);

/** Names one of {@link SCHEMES}. */
export type Scheme = (typeof SCHEMES)[number];

interface UnderTest {
  readonly soar: Soar;
  readonly material: Material;
  readonly close: () => Promise<void>;
}

/** Opens the SOAR under test before the tests of a block and closes it after them; the function gives what was opened. */
export function useSoar(scheme: Scheme = 'http'): () => UnderTest {
  let open: UnderTest | undefined;
  beforeAll(async () => {
    open = await (IS_EMBEDDED ? startEmbedded(scheme === 'https' ? 'https' : 'http') : openConfigured());
  });
  afterAll(() => open?.close());
  return () => {
    if (!open) throw new Error('the SOAR under test is not open');
    return open;
  };
}

async function openConfigured(): Promise<UnderTest> {
  const soar = connect(readConfig(process.env).soar);
  try {
    return { soar, material: await findMaterial(soar), close: soar.close };
  } catch (error) {
    await soar.close();
    throw error;
  }
}

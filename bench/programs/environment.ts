import { z } from 'zod';
import type { SoarAddress } from '../soar/start-soar.js';

/** What a contender's programs are told about where things are. */
export function environmentFor({ url, token }: SoarAddress): Record<string, string> {
  return { BENCH_SOAR_URL: url, BENCH_SOAR_TOKEN: token };
}

/** The program's side of {@link environmentFor}. */
export function soarFromEnvironment(): SoarAddress {
  const text = z.string();
  return { url: text.parse(process.env['BENCH_SOAR_URL']), token: text.parse(process.env['BENCH_SOAR_TOKEN']) };
}

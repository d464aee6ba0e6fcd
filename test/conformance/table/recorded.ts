import { sample } from '../../unit/contracts/soar/samples.js';
import type { Exchange } from '../exchanges.js';
import { EXCHANGES } from '../exchanges.js';
import type { Fields } from '../pages/fields.js';
import { fieldsOf } from '../pages/fields.js';
import { startEmbedded } from '../support/embedded.js';

/** One exchange of the suite with the embedded server: which fields went, and which came. */
export interface Recorded {
  readonly exchange: Exchange;
  readonly sent: Fields;
  readonly answered: Fields;
  readonly status: number;
}

/** Holds every exchange of the suite with an embedded server that it starts and stops. */
export async function recordExchanges(): Promise<Recorded[]> {
  const { soar, material, close } = await startEmbedded();
  try {
    const recorded: Recorded[] = [];
    for (const exchange of EXCHANGES) {
      const { status, json } = await exchange.ask(soar, material);
      const sent = exchange.request ? fieldsOf(sample(exchange.request.sample)) : fieldsOf();
      recorded.push({ exchange, sent, answered: fieldsOf(json), status });
    }
    return recorded;
  } finally {
    await close();
  }
}

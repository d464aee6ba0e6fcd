import fc from 'fast-check';
import { InputStore } from '../../../../src/cli/job/input-store.js';
import { ResultStore } from '../../../../src/cli/job/result-store.js';
import { itemPages } from '../../../../src/client/batch-handle.js';
import { sendItems } from '../../../../src/cli/job/start-batch.js';
import type { Batch } from '../../../../src/cli/job/start-batch.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS, problemOfPage } from '../../../../src/model/batch/batch-item.js';
import { all, each, noNotes } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

describe('the pages that items are sent in', () => {
  it('each fit an update, and together are the items', async () => {
    const items = fc.array(fc.record({ ip: fc.string(), note: fc.integer({ min: 0, max: 60_000 }) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(items, async (given) => {
        const large = given.map(({ ip, note }) => ({ ip, note: 'é"'.repeat(note / 2) }));
        const pages = await all(itemPages(each(large)));
        expect(pages.flat()).toEqual(large);
        for (const page of pages) expect(problemOfPage({ items: page, offset: 0 }, [])).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('have as many items as an update may have', async () => {
    const pages = await all(itemPages(each(Array.from({ length: 2_001 }, (_, index) => ({ ip: String(index) })))));
    expect(pages.map(({ length }) => length)).toEqual([MAX_PAGE_ITEMS, MAX_PAGE_ITEMS, 1]);
  });

  it('hold an item that fills one by itself', async () => {
    const large = { ip: 'x'.repeat(MAX_PAGE_BYTES - '[{"ip":""}]'.length) };
    expect(await all(itemPages(each([{ ip: '1' }, large, { ip: '2' }])))).toEqual([
      [{ ip: '1' }],
      [large],
      [{ ip: '2' }],
    ]);
    expect(problemOfPage({ items: [large], offset: 0 }, [])).toBeUndefined();
  });
});

describe('sending the items of a job', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.remove());

  it('goes on after a kill with what has not been noted as sent', async () => {
    const calls: string[] = [];
    const ips = Array.from({ length: 2_500 }, (_, index) => String(index));
    const batch = (killAt?: number): Pick<Batch, 'addItems' | 'close'> => ({
      addItems: (items, offset) => {
        if (offset === killAt) return Promise.reject(new Error('killed'));
        calls.push(`${offset}: ${String(items[0]?.['ip'])} and ${items.length - 1} more`);
        return Promise.resolve();
      },
      close: () => Promise.resolve(calls.push('close')),
    });
    const database = await scratch.database();
    const input = new InputStore(database);
    await input.add(ips.map((ip) => ({ cells: [ip], reading: { items: [{ ip }] } })));
    await input.finish(['ip'], noNotes());
    await expect(sendItems(batch(2_000), input, new ResultStore(database))).rejects.toThrow('killed');
    const again = await scratch.database();
    await sendItems(batch(), new InputStore(again), new ResultStore(again));
    await sendItems(batch(), new InputStore(again), new ResultStore(again));
    expect(calls).toEqual(['0: 0 and 999 more', '1000: 1000 and 999 more', '2000: 2000 and 499 more', 'close']);
  });
});

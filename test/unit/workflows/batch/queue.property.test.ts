import fc from 'fast-check';
import type { Entry } from '../../../../src/model/batch/batch-item.js';
import { BatchQueue, MAX_CHILD_BYTES, RUNS_PER_GROUP } from '../../../../src/workflows/batch/queue.js';
import { placesOf } from '../../../../src/workflows/batch/retry.js';
import type { Pack } from '../../../../src/workflows/batch/retry.js';

const NOTHING = { fresh: { places: [], items: [] }, packs: [] };

function entriesOf(containers: readonly number[]): Entry[] {
  return containers.map((container_id, place) => ({ place, item: { container_id, ip: `10.0.0.${place}` } }));
}

function queueOf(entries: readonly Entry[], itemsPerRun: number): BatchQueue {
  const queue = new BatchQueue({ itemsPerRun, requestFields: ['container_id'] }, NOTHING);
  for (const entry of entries) queue.add(entry);
  return queue;
}

function drain(queue: BatchQueue, { runs = RUNS_PER_GROUP, items = 500 } = {}): Pack[][] {
  const children: Pack[][] = [];
  while (queue.hasNext(false)) children.push(queue.next({ runs, items }));
  return children;
}

const containers = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 400 });
const itemsPerRun = fc.integer({ min: 1, max: 30 });

describe('the queue of a batch', () => {
  it('hands every item out once', () => {
    fc.assert(
      fc.property(containers, itemsPerRun, fc.integer({ min: 1, max: 150 }), (some, perRun, runs) => {
        const handedOut = drain(queueOf(entriesOf(some), perRun), { runs, items: runs * 3 })
          .flat(2)
          .flatMap(placesOf);
        expect(handedOut.sort((a, b) => a - b)).toEqual(some.map((_, place) => place));
      }),
    );
  });

  it('puts only items of one container in an action_run, and no more than itemsPerRun', () => {
    fc.assert(
      fc.property(containers, itemsPerRun, (some, perRun) => {
        for (const { entries } of drain(queueOf(entriesOf(some), perRun)).flat()) {
          expect(new Set(entries.map(({ item }) => item['container_id'])).size).toBe(1);
          expect(entries.length).toBeLessThanOrEqual(perRun);
        }
      }),
    );
  });

  it('gives a child full packs first, and no more items or runs than there is room for', () => {
    const some = [2, ...Array.from({ length: 15 }, () => 1), 3, 4];
    const sizesIn = (room: { runs?: number; items?: number }): number[][] =>
      drain(queueOf(entriesOf(some), 5), room).map((packs) => packs.map(({ entries }) => entries.length));
    expect(sizesIn({})).toEqual([[5, 5, 5, 1, 1, 1]]);
    expect(sizesIn({ items: 11 })).toEqual([
      [5, 5],
      [5, 1, 1, 1],
    ]);
    expect(sizesIn({ runs: 2 })).toEqual([
      [5, 5],
      [5, 1],
      [1, 1],
    ]);
    expect(sizesIn({ items: 3 })).toEqual([[5], [5], [5], [1, 1, 1]]);
  });

  it('makes a child of a hundred runs where nothing can be packed', () => {
    const queue = queueOf(entriesOf(Array.from({ length: 250 }, (_, index) => index + 1)), 100);
    expect(drain(queue).map((packs) => packs.length)).toEqual([100, 100, 50]);
  });

  it('says whether a child is worth its while: a full pack, or a full group', () => {
    expect(queueOf(entriesOf([1, 1, 1]), 4).hasNext(true)).toBe(false);
    expect(queueOf(entriesOf([1, 1, 1, 2, 1]), 4).hasNext(true)).toBe(true);
    const many = Array.from({ length: RUNS_PER_GROUP }, (_, index) => index + 1);
    expect(queueOf(entriesOf(many.slice(1)), 4).hasNext(true)).toBe(false);
    expect(queueOf(entriesOf(many), 4).hasNext(true)).toBe(true);
    expect(queueOf(entriesOf(many.map(() => 1)), 1).hasNext(true)).toBe(true);
  });

  it('hands no child more than a payload can hold, and a huge item all the same', () => {
    const text = 'x'.repeat(MAX_CHILD_BYTES / 4);
    const entries = Array.from({ length: 10 }, (_, place) => ({ place, item: { text: `${place}${text}` } }));
    const huge = { place: 10, item: { text: text.repeat(5) } };
    const children = drain(queueOf([...entries, huge], 100));
    expect(children.flat(2).flatMap(placesOf)).toEqual([...entries, huge].map(({ place }) => place));
    for (const packs of children.filter((some) => !some.flatMap(placesOf).includes(10))) {
      expect(JSON.stringify(packs.flatMap(({ entries: some }) => some.map(({ item }) => item))).length).toBeLessThan(
        MAX_CHILD_BYTES * 1.1,
      );
    }
  });

  it('hands out what is to be run again before what is new, and what SOAR may have already before everything', () => {
    const queue = queueOf(entriesOf([1, 1]), 1);
    const [again, begun] = [90, 91].map((place) => ({ entries: [{ place, item: {} }], attempt: 2 }));
    if (!again || !begun) throw new Error('two packs');
    const known = { ...begun, begun: { tag: 'soar-runner:1/0', actionRunId: 5, sinceMs: 0 } };
    queue.runAgain([again, known]);
    expect(queue.count).toBe(4);
    expect(queue.hasBegun).toBe(true);
    expect(queue.nextBegun()).toEqual(known);
    expect(queue.hasBegun).toBe(false);
    expect(queue.next({ runs: 10, items: 10 }).flatMap(placesOf)).toEqual([90, 0, 1]);
    expect(queue.count).toBe(0);
    expect(queue.bytes).toBe(0);
  });

  it('is the same after continue-as-new', () => {
    fc.assert(
      fc.property(containers, itemsPerRun, (some, perRun) => {
        const queue = queueOf(entriesOf(some), perRun);
        const packing = { itemsPerRun: perRun, requestFields: ['container_id'] } as const;
        const next = new BatchQueue(packing, queue.carried());
        expect(next.count).toBe(queue.count);
        expect(next.bytes).toBe(queue.bytes);
        expect(drain(next)).toEqual(drain(queue));
      }),
    );
  });
});

import { inParallel } from '../../../../src/cli/job/in-parallel.js';

/** Work that ends when the test says so. */
function handmade(): { begun: number[]; work: (value: number) => Promise<void>; end: (value: number) => void } {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  return {
    begun,
    work: (value) =>
      new Promise((resolve) => {
        begun.push(value);
        ends.set(value, resolve);
      }),
    end: (value) => ends.get(value)?.(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* endless(): AsyncGenerator<number> {
  yield 1;
  await new Promise(() => undefined);
}

describe('work in parallel', () => {
  it('goes on with the next as soon as one has ended, and never does more than the limit', async () => {
    const { begun, work, end } = handmade();
    const done = inParallel([1, 2, 3, 4], 2, work);
    await settled();
    expect(begun).toEqual([1, 2]);
    end(2);
    await settled();
    expect(begun).toEqual([1, 2, 3]);
    end(1);
    end(3);
    await settled();
    end(4);
    await done;
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('ends with the first failure, also while it waits for more', async () => {
    await expect(inParallel(endless(), 5, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('ends with the failure of its source', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('no more');
    }
    await expect(inParallel(broken(), 5, () => Promise.resolve())).rejects.toThrow('no more');
  });
});

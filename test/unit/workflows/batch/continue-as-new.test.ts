import { checkCarriedBatch } from '../../../../src/contracts/carried-batch.js';
import { beginning, EMPTY_LEDGER, enter } from '../../../../src/workflows/batch/continue-as-new.js';
import { DistinctItems } from '../../../../src/workflows/batch/dedupe.js';
import type { BatchItem } from '../../../../src/model/batch/batch-item.js';
import { BATCH_OPTION_DEFAULTS, MAX_INLINE_ITEMS_BYTES } from '../../../../src/model/options.js';
import { BatchQueue } from '../../../../src/workflows/batch/queue.js';
import { runRecord } from '../../../../src/model/batch/batch-progress.js';
import { jsonBytes } from '../../../../src/model/json.js';

const GIVEN = {
  key: 'soar-runner:1',
  origin: 'https://soar.example.com',
  options: BATCH_OPTION_DEFAULTS,
  startTimeMs: 0,
};

/** Temporal takes no payload above this. */
const PAYLOAD_BYTES = 2 * 1024 * 1024;

describe('what continue-as-new carries', () => {
  it.each([
    ['small items', (n: number): BatchItem => ({ ip: `10.0.${n % 256}.${n % 200}`, n })],
    ['items of quotes', (n: number): BatchItem => ({ text: '"'.repeat(20), n })],
    ['items outside ASCII', (n: number): BatchItem => ({ user: '利用者名'.repeat(5), n })],
    ['large items', (n: number): BatchItem => ({ text: `${n}${'x'.repeat(20_000)}` })],
  ])('fits one payload when as much waits as can: %s', (_name, itemOf) => {
    const intake = new DistinctItems({ total: 0, distinct: 0, seen: [] });
    const packing = { itemsPerRun: 100, requestFields: [] };
    const queue = new BatchQueue(packing, { fresh: { places: [], items: [] }, packs: [] });
    for (let n = 0; queue.bytes < MAX_INLINE_ITEMS_BYTES; n++) {
      for (const entry of intake.take([itemOf(n)]).fresh) queue.add(entry);
    }
    let ledger = EMPTY_LEDGER;
    for (let n = 0; n < 2_000; n++) {
      const message = '失敗'.repeat(150);
      const account = {
        outcome: 'failed',
        message,
        actionRunId: n,
        appRunIds: [n],
        results: 1,
        failures: [0],
        ranNothing: false,
      } as const;
      ledger = enter(ledger, runRecord(`batch/${n}`, [n], account), { succeeded: 0, failed: 1 });
    }
    const from = beginning(GIVEN, {});
    const carried = { ...from, intake: intake.carried(false), queue: queue.carried(), ledger };
    expect(jsonBytes(carried)).toBeLessThan(PAYLOAD_BYTES * 0.95);
    expect(ledger.runs.length + ledger.runsOmitted).toBe(2_000);
    expect(checkCarriedBatch(JSON.parse(JSON.stringify(carried)))).toMatchObject({ ok: true });
  });

  const from = beginning(GIVEN, {});
  const pack = { places: [[0, 1]], items: [{}], attempt: 1 };
  const begun = { tag: 'soar-runner:01a2b3c4-0000-4000-8000-000000000001/3', actionRunId: 7, sinceMs: 5 };
  const withPack = (extra: object): object => ({ ...from, queue: { ...from.queue, packs: [{ ...pack, ...extra }] } });

  it('control: with a run that a group began is taken', () => {
    expect(checkCarriedBatch(withPack({ begun }))).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing of it', { nothing: true }],
    ['a tag of nobody’s', withPack({ begun: { ...begun, tag: 'none' } })],
    ['half a number', withPack({ begun: { ...begun, actionRunId: 1.5 } })],
    ['no time', withPack({ begun: { ...begun, sinceMs: 1e300 } })],
    ['a billion places', withPack({ places: [[0, 1e9]] })],
    ['an item that is none', withPack({ items: [null] })],
    ['a time that is none', { ...from, startTimeMs: 1e300 }],
    ['options that are none', { ...from, options: { itemsPerRun: -1 } }],
    ['a ledger that is none', { ...from, ledger: null }],
    ['what was seen as text', { ...from, intake: { ...from.intake, seen: 'x' } }],
  ])('is refused with %s', (_what, carried) => {
    expect(checkCarriedBatch(carried).ok).toBe(false);
  });

  it('is closed from the start where all items came with the input', () => {
    expect(beginning(GIVEN, { items: [{}] }).closed).toBe(true);
    expect(beginning(GIVEN, { items: [{}], streamed: true }).closed).toBe(false);
    expect(beginning(GIVEN, {}).closed).toBe(false);
    expect(beginning(GIVEN, { items: null, streamed: null }).closed).toBe(false);
  });
});

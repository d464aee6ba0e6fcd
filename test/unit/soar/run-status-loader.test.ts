import type { ActionRun, Page } from '../../../src/contracts/soar.js';
import type { SoarErrorCode } from '../../../src/model/error-codes.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { SoarError } from '../../../src/soar/soar-error.js';
import type { ListQuery } from '../../../src/soar/query.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import type { StatusSource } from '../../../src/soar/run-status-loader.js';
import { reasonOf } from './support/rejection.js';

const EXISTING = 1_000;
const NOT_FOUND = errorOf(SOAR_ERROR_CODES.NOT_FOUND);

function errorOf(code: SoarErrorCode): SoarError {
  return new SoarError({ code, method: 'GET', path: '/rest/action_run', sent: true, detail: 'test' });
}

const runOf = (id: number): ActionRun => ({ id, status: 'running', message: '' });

/** A SOAR with the runs 1 to 1,000 that writes down what it was asked. `list` answers the filtered list. */
function soarWith(list: (ids: readonly number[]) => readonly number[] | SoarError) {
  const asked: string[] = [];
  const source: StatusSource = {
    getActionRun: (id) => {
      asked.push(`one ${id}`);
      return id <= EXISTING ? Promise.resolve(runOf(id)) : Promise.reject(NOT_FOUND);
    },
    listActionRuns: (query) => {
      const ids = idsOf(query);
      asked.push(`list ${ids.join()} of ${query?.pageSize}`);
      const answer = list(ids);
      return answer instanceof SoarError ? Promise.reject(answer) : Promise.resolve(listOf(answer));
    },
  };
  return { asked, source };
}

function idsOf(query: ListQuery | undefined): number[] {
  const ids = query?.filters?.['id__in'];
  return Array.isArray(ids) ? ids.map(Number) : [];
}

function listOf(ids: readonly number[]): Page<ActionRun> {
  return { count: ids.length, num_pages: 1, data: ids.map(runOf) };
}

const filtering = (ids: readonly number[]): readonly number[] => ids.filter((id) => id <= EXISTING);

/** A board with a short tick and a clock that the test moves. */
function boardOn(source: StatusSource, maxIds = 100, tickMs = 5) {
  const clock = { nowMs: 0 };
  const board = createRunStatusLoader(source, { tickMs, maxIds, refusalMemoryMs: 60_000, now: () => clock.nowMs });
  const askAll = async (...ids: number[]) =>
    (await Promise.all(ids.map((id) => board.getActionRun(id)))).map(({ id }) => id);
  return { board, clock, askAll };
}

describe('the status board', () => {
  it('makes one request of all ids asked at about the same time, with a page that holds them all', async () => {
    const { asked, source } = soarWith(filtering);
    expect(await boardOn(source).askAll(3, 1, 2, 3)).toEqual([3, 1, 2, 3]);
    expect(asked).toEqual(['list 3,1,2 of 3']);
  });

  it('asks for a thousand runs in ten requests, where a GET an id, the control, takes a thousand', async () => {
    const ids = Array.from({ length: EXISTING }, (_, n) => n + 1);
    const { asked, source } = soarWith(filtering);
    expect(await boardOn(source).askAll(...ids)).toEqual(ids);
    expect(asked).toHaveLength(10);
    await Promise.all(ids.map((id) => source.getActionRun(id)));
    expect(asked).toHaveLength(10 + EXISTING);
  });

  it('asks for a single id by its own address', async () => {
    const { asked, source } = soarWith(filtering);
    await boardOn(source).askAll(7, 7);
    expect(asked).toEqual(['one 7']);
  });

  it('asks at once where SOAR has not been asked for a tick', async () => {
    const { asked, source } = soarWith(filtering);
    const hourMs = 3_600_000;
    const { clock, askAll } = boardOn(source, 100, hourMs);
    await askAll(1);
    clock.nowMs += hourMs;
    await askAll(2, 3);
    expect(asked).toEqual(['one 1', 'list 2,3 of 2']);
  });

  it('asks again in the next tick: nothing is cached', async () => {
    const { asked, source } = soarWith(filtering);
    const { askAll } = boardOn(source);
    await askAll(7);
    await askAll(7);
    expect(asked).toEqual(['one 7', 'one 7']);
  });

  it('looks singly for ids that are left out, and rejects as the single GET does', async () => {
    const { asked, source } = soarWith(filtering);
    const { board, askAll } = boardOn(source);
    const missing = reasonOf(board.getActionRun(EXISTING + 1));
    expect(await askAll(1, 2)).toEqual([1, 2]);
    expect(await missing).toBe(NOT_FOUND);
    await askAll(1, 2);
    expect(asked).toEqual(['list 1001,1,2 of 3', 'one 1001', 'list 1,2 of 2']);
  });

  it.each([
    ['refuses the filter', () => errorOf(SOAR_ERROR_CODES.BAD_REQUEST)],
    ['answers the filter with a 500', () => errorOf(SOAR_ERROR_CODES.SERVER_ERROR)],
    ['fails the filter', () => errorOf(SOAR_ERROR_CODES.FAILED)],
    ['ignores the filter', () => [999, 998]],
    ['leaves out ids that exist', () => [1]],
    ['gives an empty list', () => []],
  ])('where SOAR %s, it asks one by one, and keeps to that for a while', async (_what, list) => {
    const { asked, source } = soarWith(list);
    const { askAll, clock } = boardOn(source);
    expect(await askAll(1, 2, 3)).toEqual([1, 2, 3]);
    expect(await askAll(4, 5)).toEqual([4, 5]);
    expect(asked.filter((line) => line.startsWith('list'))).toHaveLength(1);
    clock.nowMs += 60_000;
    await askAll(6, 7);
    expect(asked.filter((line) => line.startsWith('list'))).toHaveLength(2);
  });

  it.each([
    SOAR_ERROR_CODES.UNAVAILABLE,
    SOAR_ERROR_CODES.TIMEOUT,
    SOAR_ERROR_CODES.RATE_LIMITED,
    SOAR_ERROR_CODES.UNAUTHORIZED,
  ])('tells everybody of %s without asking again one by one', async (code) => {
    const error = errorOf(code);
    const { asked, source } = soarWith(() => error);
    const { board } = boardOn(source);
    expect(await Promise.all([1, 2].map((id) => reasonOf(board.getActionRun(id))))).toEqual([error, error]);
    expect(asked).toEqual(['list 1,2 of 2']);
  });

  it('takes only the caller away that aborts, with its own reason', async () => {
    const { asked, source } = soarWith(filtering);
    const { board } = boardOn(source);
    const leaving = new AbortController();
    const left = reasonOf(board.getActionRun(1, { signal: leaving.signal }));
    const stayed = board.getActionRun(1, { signal: new AbortController().signal });
    leaving.abort('gone');
    expect(await left).toBe('gone');
    expect(await stayed).toEqual(runOf(1));
    expect(asked).toEqual(['one 1']);
  });

  it('asks nothing for an id that nobody waits for any more', async () => {
    const { asked, source } = soarWith(filtering);
    const { board, askAll } = boardOn(source);
    const leaving = new AbortController();
    const left = [
      board.getActionRun(1, { signal: leaving.signal }),
      board.getActionRun(2, { signal: AbortSignal.abort('late') }),
    ];
    const reasons = Promise.all(left.map(reasonOf));
    leaving.abort('gone');
    expect(await reasons).toEqual(['gone', 'late']);
    await askAll(3);
    expect(asked).toEqual(['one 3']);
  });
});

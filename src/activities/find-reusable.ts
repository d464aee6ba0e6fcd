import type { RunActionGroupInput } from '../contracts/run-action-group.js';
import { requestOf } from '../model/grouped-run.js';
import { toRanges } from '../model/ranges.js';
import type { Ranges } from '../model/ranges.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/errors.js';
import { createEarlierResults } from './earlier-results.js';
import type { EarlierResult, EarlierResults, ResultSource } from './earlier-results.js';
import { withPulse } from './pulse.js';
import { isFinal } from './to-failure.js';

/** The runs of a group, and how old a result may be. */
export interface ReuseInput extends Pick<RunActionGroupInput, 'request' | 'runs'> {
  readonly withinSecs: number;
}

/** Parameter sets of one run of the group that an earlier action_run has results for. */
export interface Reusable {
  /** The run's place in the group. */
  readonly index: number;
  /** The parameter sets, by their places in the run. */
  readonly items: Ranges;
  readonly actionRunId: number;
  /** One for each asset. */
  readonly appRunIds: readonly number[];
}

/**
 * Finds what need not be run again: parameter sets that the same action had, on the same assets, with success and lately
 * enough. A worker remembers what it has read of SOAR's results.
 */
export function createFindReusable(soar: SoarClient): (input: ReuseInput) => Promise<Reusable[]> {
  const assets = new AssetNumbers(soar);
  const sources = new Map<string, EarlierResults>();
  const indexOf = (source: ResultSource): EarlierResults => {
    const key = JSON.stringify(source);
    const known = sources.get(key) ?? createEarlierResults(soar, source);
    sources.set(key, known);
    return known;
  };
  const find = async ({ request, runs, withinSecs }: ReuseInput, { signal }: CallOptions): Promise<Reusable[]> => {
    const sinceMs = Date.now() - withinSecs * 1_000;
    const found: Reusable[] = [];
    for (const [index, run] of runs.entries()) {
      const [target] = requestOf(request, run.target, run.parameters).targets;
      const assetIds = await assets.numbersOf(target?.assets ?? [], { signal });
      const all = assetIds.map((assetId) => indexOf({ action: request.action, appId: target?.app_id ?? '', assetId }));
      for (const results of all) await results.refresh(sinceMs, { signal });
      found.push(...reusableOf(index, run.parameters, (parameters) => all.map((of) => of.find(parameters, sinceMs))));
    }
    return found;
  };
  return (input) => withPulse(({ signal }) => find(input, { signal }).catch(nothingWhereFinal));
}

/** A SOAR that does not tell its assets or results keeps nobody from running the action. */
function nothingWhereFinal(error: unknown): Reusable[] {
  if (error instanceof SoarError && isFinal(error)) return [];
  throw error;
}

/** Only what every asset has a result for, together by the runs that have them. */
function reusableOf(
  index: number,
  parameters: readonly object[],
  find: (parameters: object) => readonly (EarlierResult | undefined)[],
): Reusable[] {
  const byRun = new Map<string, { places: number[]; results: readonly EarlierResult[] }>();
  for (const [place, set] of parameters.entries()) {
    const perAsset = find(set);
    const results = perAsset.filter((result) => result !== undefined);
    if (results.length === 0 || results.length < perAsset.length) continue;
    const key = results.map(({ appRunId }) => appRunId).join();
    const known = byRun.get(key) ?? { places: [], results };
    known.places.push(place);
    byRun.set(key, known);
  }
  return [...byRun.values()].map(({ places, results }) => ({
    index,
    items: toRanges(places),
    actionRunId: results[0]?.actionRunId ?? 0,
    appRunIds: results.map(({ appRunId }) => appRunId),
  }));
}

/** The numbers of assets that a request names. One that SOAR does not list gives none, and nothing is reused. */
class AssetNumbers {
  #byName: Promise<ReadonlyMap<string, number>> | undefined;

  constructor(readonly soar: SoarClient) {}

  async numbersOf(assets: readonly (string | number)[], call: CallOptions): Promise<number[]> {
    const isNamed = assets.some((asset) => typeof asset === 'string');
    const byName = isNamed ? await this.#names(call) : new Map<string, number>();
    const numbers = assets.map((asset) => (typeof asset === 'number' ? asset : byName.get(asset.toLowerCase())));
    const known = numbers.filter((number) => number !== undefined);
    return known.length === assets.length ? known : [];
  }

  #names(call: CallOptions): Promise<ReadonlyMap<string, number>> {
    this.#byName ??= this.soar.getBuildAction(call).then(
      ({ assets }) => new Map(assets.map(({ id, name }) => [name.toLowerCase(), id])),
      (error: unknown) => {
        this.#byName = undefined;
        throw error;
      },
    );
    return this.#byName;
  }
}

import type { SoarSimApp, SoarSimAppOptions } from '../../../../src/sim/index.js';
import { createSoarSimApp } from '../../../../src/sim/index.js';

/** An answer, read. */
export interface Answer {
  status: number;
  text: string;
  body: Record<string, unknown>;
}

/** An in-process server with a clock that stands still until it is moved. */
export class SimClient {
  nowMs = Date.parse('2026-01-02T03:04:05.000Z');
  readonly sim: SoarSimApp;

  constructor(options: SoarSimAppOptions = {}) {
    this.sim = createSoarSimApp({ now: () => this.nowMs, ...options });
  }

  async get(path: string, headers: Record<string, string> = this.#token()): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  async post(path: string, body: unknown, headers: Record<string, string> = this.#token()): Promise<Answer> {
    return this.send('POST', path, typeof body === 'string' ? body : JSON.stringify(body), headers);
  }

  async send(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = this.#token(),
  ): Promise<Answer> {
    const response = await this.sim.app.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    return { status: response.status, text, body: recordOf(text) };
  }

  /** Submits an action run and returns its id. */
  async run(body: object): Promise<number> {
    const { body: answer } = await this.post('/rest/action_run', body);
    return Number(answer['action_run_id']);
  }

  /** Headers of HTTP Basic; by default those of the administrator. */
  basic(username = this.sim.credentials.username, password = this.sim.credentials.password): Record<string, string> {
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }

  #token(): Record<string, string> {
    return { 'ph-auth-token': this.sim.credentials.token };
  }
}

function recordOf(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The entries of a list, as objects. */
export function objectsOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value.map(objectOf);
}

/** The rows of a list's answer. */
export function rowsOf(body: Record<string, unknown>): Record<string, unknown>[] {
  return objectsOf(body['data']);
}

/** A submission of "geolocate ip" for some addresses. */
export function geolocate(ips: readonly unknown[], fields: object = {}): object {
  return {
    action: 'geolocate ip',
    container_id: 1,
    name: 'where is it',
    targets: [{ app_id: 1, assets: ['maxmind'], parameters: ips.map((ip) => ({ ip })) }],
    ...fields,
  };
}

/** A submission of "simulate" for some parameter sets on the asset `lab`. */
export function simulate(parameters: readonly object[], fields: object = {}): object {
  return {
    action: 'simulate',
    container_id: 1,
    name: 'simulated',
    targets: [{ app_id: 2, assets: ['lab'], parameters }],
    ...fields,
  };
}

import { z } from 'zod';
import { UserError } from '../../../../src/cli/errors.js';
import { artifactLines } from '../../../../src/cli/input/container.js';
import { startSoarSim } from '../../../../src/sim/index.js';
import { Cleanup, clientFor, serveJson } from '../../soar/support/servers.js';
import { all } from '../support/rows.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const FIELD = { container: 1, cef: 'sourceAddress' };
const lineSchema = z.object({ artifact_id: z.int(), artifact: z.string(), sourceAddress: z.string() });

describe('the indicators in the artifacts of a container', () => {
  it('are those of the field, over all pages, in order', async () => {
    const sim = await startSoarSim();
    cleanup.add(() => sim.close());
    const artifacts = Array.from({ length: 250 }, (_, index) => ({
      container_id: 1,
      name: `artifact ${index}`,
      cef: index % 5 === 0 ? { other: 'x' } : { sourceAddress: `10.0.0.${index}`, other: 'x' },
    }));
    const posted = await fetch(`${sim.url}/rest/artifact`, {
      method: 'POST',
      headers: { 'ph-auth-token': sim.token },
      body: JSON.stringify(artifacts),
    });
    expect(posted.status).toBe(200);
    const soar = clientFor(cleanup, sim.url, { auth: { token: sim.token } });
    const lines = (await all(artifactLines(soar, FIELD))).map((line) => lineSchema.parse(JSON.parse(line)));
    const expected = artifacts.flatMap(({ name, cef }) => (cef.sourceAddress ? [[name, cef.sourceAddress]] : []));
    expect(lines.map(({ artifact, sourceAddress }) => [artifact, sourceAddress])).toEqual(expected);
    expect(new Set(lines.map(({ artifact_id }) => artifact_id)).size).toBe(200);
  });

  it('come to an end in a SOAR that does not filter', async () => {
    const data = Array.from({ length: 100 }, (_, index) => ({
      id: index + 1,
      container: 1,
      cef: { sourceAddress: 'a' },
    }));
    const server = await serveJson(cleanup, { count: 1_000, num_pages: 10, data });
    expect(await all(artifactLines(clientFor(cleanup, server.url), FIELD))).toHaveLength(100);
  });

  /** What a container with these fields in its artifacts answers to a field that none has. */
  async function refusal(cefs: readonly object[], cef: string): Promise<string> {
    const data = cefs.map((fields, index) => ({ id: index + 1, container: 1, cef: fields }));
    const server = await serveJson(cleanup, { count: data.length, num_pages: 1, data });
    const error: unknown = await all(artifactLines(clientFor(cleanup, server.url), { container: 1, cef })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    return error instanceof UserError ? error.message : '';
  }

  it('are asked for by the fields that there are, where none has this one; then they are found', async () => {
    const cefs = [{ sourceAddress: '10.0.0.1', empty: '' }, { sourceAddress: '10.0.0.2', fileHash: 'ab' }, {}];
    const message = await refusal(cefs, 'ip');
    expect(message).toMatch(
      /^No artifact of container 1 has a value in the CEF field "ip"; they have "fileHash", "source/,
    );
    expect(message).not.toContain('empty');
    const [, , advised = ''] = message.match(/"([^"]+)", "([^"]+)": say --cef NAME\.$/) ?? [];
    const data = cefs.map((cef, index) => ({ id: index + 1, container: 1, cef }));
    const server = await serveJson(cleanup, { count: 3, num_pages: 1, data });
    const lines = await all(artifactLines(clientFor(cleanup, server.url), { container: 1, cef: advised }));
    expect(lines).toHaveLength(2);
  });

  it('are asked for by the field first that was meant, of many', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field${index}`, 'x']));
    const message = await refusal([{ ...many, sourceAddress: 'a' }], 'source_address');
    expect(message).toMatch(/they have "sourceAddress", "field0".*, and 291 more: say/);
  });

  it('are asked for in safe text, and short', async () => {
    const message = await refusal([{ ['a\u001b[2J\u202e\n' + 'x'.repeat(1_000)]: '1' }], 'b\u001b[2J');
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(message.length).toBeLessThan(300);
  });

  it('are said to be none, where no artifact has any field', async () => {
    expect(await refusal([{}], 'ip')).toMatch(/none has any\. Name another container/);
    expect(await refusal([], 'ip')).toMatch(/none has any\. Name another container/);
  });
});

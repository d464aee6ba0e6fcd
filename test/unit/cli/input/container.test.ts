import { z } from 'zod';
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
});

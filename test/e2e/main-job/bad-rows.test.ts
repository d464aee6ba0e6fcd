import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { testServer } from '../support/test-server.js';
import { Workplace } from './support/workplace.js';

const MIB = 1024 * 1024;
const ROWS = 200;

/** Five in a hundred are bad, each in its own way; the others are numbered. */
const BAD: Readonly<Record<number, { line: string; status: string; message: RegExp }>> = {
  7: { line: '{"message": ', status: 'invalid', message: /^The line is not JSON\.$/ },
  31: { line: '[]', status: 'invalid', message: /neither an object nor a text/ },
  55: { line: '{"message":"55","container_id":"abc"}', status: 'invalid', message: /^container_id must be the number/ },
  79: { line: `{"message":"${'x'.repeat(140_000)}"}`, status: 'invalid', message: /at most 131070 can be sent\.$/ },
  90: { line: '{"message":"90","container_id":99}', status: 'failed', message: /container 99 not found/ },
  103: { line: '{"message":"103","outcome":"failed"}', status: 'failed', message: /^103$/ },
  120: { line: '{"message":"120","seconds":"soon"}', status: 'failed', message: /^Parameter seconds: / },
  140: { line: '{"message":"140","seconds":-1}', status: 'failed', message: /^Parameter seconds: / },
  161: {
    line: `{"message":"161","bytes":${40 * MIB}}`,
    status: 'unread',
    message: /^The result cannot be read; SOAR has it in app_run \d+\. .* is larger than \d+ bytes$/,
  },
  180: { line: '{}', status: 'invalid', message: /has no value/ },
};

describe('a batch of which five rows in a hundred are bad', () => {
  const workplace = new Workplace();
  let sim: SoarSim;

  beforeAll(async () => {
    sim = await startSoarSim();
  });
  afterAll(async () => {
    await workplace.close();
    await sim.close();
  });

  it('gives each of them its reason, and leaves the rest untouched', async () => {
    const lines = Array.from({ length: ROWS }, (_, index) => BAD[index]?.line ?? `{"message":"${index}"}`);
    workplace.write('in.jsonl', `${lines.join('\n')}\n`);
    const target = ['--action', 'simulate', '--parameter', 'message', '--asset', 'lab', '--container', '1'];
    const command = workplace.run(
      ['batch', 'in.jsonl', ...target, '--per-row', 'container_id', '--items-per-run', '20', '-o', 'out.csv'],
      {
        SOAR_BASE_URL: sim.url,
        SOAR_AUTH_TOKEN: sim.token,
        TEMPORAL_ADDRESS: testServer().address,
        TEMPORAL_TASK_QUEUE: 'bad-rows',
      },
    );
    expect([await command.ended, command.said.stderr]).toEqual([0, expect.any(String)]);
    const rows = workplace.rows('out.csv');
    expect(rows).toHaveLength(ROWS);
    for (const [index, row] of rows.entries()) {
      const { status, message } = BAD[index] ?? { status: 'success', message: new RegExp(`^${index}$`) };
      expect([index, row['status']]).toEqual([index, status]);
      expect(row['result_message']).toMatch(message);
    }
  });
});

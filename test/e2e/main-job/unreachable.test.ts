import { closedPort } from '../../unit/soar/support/servers.js';
import { testServer } from '../support/test-server.js';
import { Workplace } from './support/workplace.js';

describe('npm start with systems of somebody’s own that do not answer', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('one.csv', 'ip\n8.8.8.8\n');
  });
  afterEach(() => workplace.close());

  async function problem(configured: Readonly<Record<string, string>>, more: string[] = []): Promise<string> {
    const command = workplace.run(['start', '--input', 'one.csv', ...more], configured);
    expect(await command.ended).toBe(1);
    return command.said.stderr;
  }

  it('ends with one sentence that names Temporal', async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    const stderr = await problem({ TEMPORAL_ADDRESS: address });
    expect(stderr).toMatch(new RegExp(`^Temporal at ${address} does not answer: .*\\.\n$`));
  });

  it('ends with the call to SOAR and what to do, without its token', async () => {
    const configured = {
      SOAR_BASE_URL: `http://127.0.0.1:${await closedPort()}`,
      SOAR_AUTH_TOKEN: 'canary-token',
      TEMPORAL_ADDRESS: testServer().address,
    };
    const stderr = await problem(configured, ['--asset', 'geo', '--container', '42']);
    expect(stderr).toBe(
      'GET /rest/app_action: no connection (ECONNREFUSED)\n' +
        'Check SOAR_BASE_URL: nothing answers there. Is SOAR up, and are host and port right?\n',
    );
  });

  it('ends with one sentence for every variable that is missing', async () => {
    const stderr = await problem({ SOAR_BASE_URL: 'http://127.0.0.1:1' });
    expect(stderr).toMatch(/^SOAR_AUTH_TOKEN must be set .*\.\n$/);
  });
});

import { parseRunActionRequest } from '../../../../src/contracts/run-action.js';

const target = { app_id: 161, assets: [2], parameters: [{ domain: 'example.com' }] };
const request = { action: 'whois domain', container_id: 1234, name: 'n', targets: [target] };

function problemsOf(value: unknown): string[] {
  const parsed = parseRunActionRequest(value);
  return parsed.ok ? [] : parsed.problems;
}

describe('parseRunActionRequest', () => {
  it('gives the request back as it was, unknown fields included', () => {
    const whole = {
      ...request,
      type: 'investigative',
      exec_delay_secs: 0,
      hint: 1,
      targets: [{ ...target, tag: 'x' }],
    };
    expect(parseRunActionRequest(whole)).toEqual({ ok: true, request: whole });
  });

  it('hands on what SOAR itself has in an action_run: none of these names is nearly one of a request', () => {
    const own = [
      'assign_time cancelled cb_fn close_time comment container create_time creator due_time effective_user exec_order handle id',
      'ip_address message node_guid owner playbook playbook_run start_time status update_time version',
    ];
    const fields = Object.fromEntries(own.flatMap((names) => names.split(' ')).map((name) => [name, 'x']));
    expect(problemsOf({ ...request, ...fields })).toEqual([]);
  });

  it.each([
    ['a container id in a string', { container_id: '1234' }],
    ['an app id in a string', { targets: [{ ...target, app_id: '161' }] }],
    ['a GUID for the app', { targets: [{ ...target, app_id: 'c3a1f0a4-5f0d-4a0f-9b3a-2f6c8e1d7b55' }] }],
    ['assets by name', { targets: [{ ...target, assets: ['maxmind', 3] }] }],
    ['assets alone', { targets: [{ app_id: 1, assets: ['maxmind'] }] }],
    ['parameters alone', { targets: [{ app_id: 1, parameters: [{}] }] }],
    ['an empty list beside a full one', { targets: [{ app_id: 1, assets: [], parameters: [{ ip: '192.0.2.1' }] }] }],
    ['a type of any text', { type: 'whatever' }],
  ])('takes %s', (_what, fields) => {
    expect(problemsOf({ ...request, ...fields })).toEqual([]);
  });

  it.each([
    ['action', { action: 5 }, 'action: must be text'],
    ['blank action', { action: '  ' }, 'action: must not be empty'],
    ['missing name', { name: undefined }, 'name: must be text'],
    ['container of 0', { container_id: 0 }, 'container_id: must be the number of a container'],
    ['container with a name', { container_id: 'events' }, 'container_id: must be the number of a container'],
    ['container of 1.5', { container_id: 1.5 }, 'container_id: must be the number of a container'],
    ['targets as an object', { targets: target }, 'targets: must be a list'],
    ['no targets', { targets: [] }, 'targets: must have at least one target'],
    ['target as text', { targets: ['x'] }, 'targets[0]: must be an object'],
    ['missing app id', { targets: [{ assets: [1] }] }, 'targets[0].app_id: must be the id of the app'],
    ['empty app id', { targets: [{ ...target, app_id: '' }] }, 'targets[0].app_id: must be the id of the app'],
    ['second target', { targets: [target, { app_id: null }] }, 'targets[1].app_id: must be the id of the app'],
    ['assets as text', { targets: [{ app_id: 1, assets: 'maxmind' }] }, 'targets[0].assets: must be a list'],
    ['asset as an object', { targets: [{ app_id: 1, assets: [{}] }] }, 'targets[0].assets[0]: must be an asset'],
    ['parameters as an object', { targets: [{ app_id: 1, parameters: {} }] }, 'targets[0].parameters: must be a list'],
    [
      'parameter set as text',
      { targets: [{ app_id: 1, parameters: ['a'] }] },
      'targets[0].parameters[0]: must be an object',
    ],
    ['neither assets nor parameters', { targets: [{ app_id: 1 }] }, 'targets[0]: must have at least one asset'],
    [
      'both empty',
      { targets: [{ app_id: 1, assets: [], parameters: [] }] },
      'targets[0]: must have at least one asset',
    ],
    ['type as a number', { type: 1 }, 'type: must be text'],
    ['negative delay', { exec_delay_secs: -1 }, 'exec_delay_secs: must not be negative'],
    ['half a second', { exec_delay_secs: 0.5 }, 'exec_delay_secs: must be a whole number of seconds'],
    ['delay as text', { exec_delay_secs: '30' }, 'exec_delay_secs: must be a whole number of seconds'],
  ])('refuses %s, says where, and says what would be right', (_what, fields, problem) => {
    expect(problemsOf({ ...request, ...fields })).toEqual([expect.stringContaining(problem)]);
  });

  it.each([[null], ['{}'], [[]], [5], [undefined]])('refuses %j as a whole', (value) => {
    expect(problemsOf(value)).toEqual([expect.stringContaining('must be a JSON object')]);
  });

  it('names every problem at once', () => {
    expect(problemsOf({})).toHaveLength(4);
  });

  it('never repeats a value', () => {
    expect(problemsOf({ ...request, name: ['s3cret'], container_id: 's3cret' }).join()).not.toContain('s3cret');
  });
});

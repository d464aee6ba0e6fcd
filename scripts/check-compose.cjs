/**
 * Is `docker-compose.yml` valid, with the profile `demo` and without? Needs a Compose program, not an engine. Where there is
 * none it says so: a failure in CI, not on somebody's machine.
 *
 *     node scripts/check-compose.cjs
 */
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const COMPOSE_PROGRAMS = [['docker-compose'], ['docker', 'compose']];
const PROFILES = [[], ['--profile', 'demo']];

/** There is no default for a password. */
const env = { ...process.env, POSTGRES_PASSWORD: 'checked-only' };

function call([program, ...first], args) {
  return spawnSync(program, [...first, ...args], { cwd: root, encoding: 'utf8', env });
}

function check() {
  const compose = COMPOSE_PROGRAMS.find((program) => call(program, ['version']).status === 0);
  if (!compose) {
    const verdict = 'docker-compose.yml was NOT checked: there is neither docker-compose nor docker compose.';
    return { ok: process.env.CI !== 'true', verdict };
  }
  for (const profile of PROFILES) {
    const { status, stderr } = call(compose, [...profile, 'config', '-q']);
    if (status !== 0) return { ok: false, verdict: stderr.trim() };
  }
  return { ok: true, verdict: `docker-compose.yml is valid, says ${compose.join(' ')}.` };
}

const { ok, verdict } = check();
process.stdout.write(`${verdict}\n`);
process.exitCode = ok ? 0 : 1;

/** The part of a job that may be repeated at will, and so is kept by no engine step by step. */
const { createSoarCalls } = require('../soar/soar-calls.ts');
const { soarFromEnvironment } = require('../programs/environment.ts');

/** How long a job looks by itself before it leaves the waiting to its engine, and for how long it then does. */
const LOOK_FOR_MS = 5_000;
const LOOK_AGAIN_MS = 5_000;

const soar = createSoarCalls(soarFromEnvironment());

/** Follows an action_run to its end and fetches app_runs and results; null if it has not ended in LOOK_FOR_MS. */
async function followUp(actionRunId) {
  if (!(await soar.untilEnded(actionRunId, LOOK_FOR_MS))) return null;
  const [appRunId] = await soar.appRunIds(actionRunId);
  const [result] = await soar.results(appRunId);
  return { actionRunId, status: result.status, parameter: result.parameter };
}

module.exports = { soar, followUp, LOOK_AGAIN_MS };

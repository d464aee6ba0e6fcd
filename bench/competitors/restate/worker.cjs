/** The service whose handler Restate calls, over HTTP/2, and whose journal it keeps. */
require('./with-resolvers.cjs');
const http2 = require('node:http2');
const { request } = require('undici');
const restate = require('@restatedev/restate-sdk');
const { answerCalls } = require('../../programs/answer-calls.ts');
const { followUp, soar, LOOK_AGAIN_MS } = require('../follow-up.cjs');
const { SERVICE } = require('./service.cjs');

async function runAction(context, request) {
  const actionRunId = await context.run('submit', () => soar.submit(request));
  if (request.exec_delay_secs > 0) await context.sleep({ seconds: request.exec_delay_secs });
  for (;;) {
    const outcome = await context.run('followUp', () => followUp(actionRunId));
    if (outcome !== null) return outcome;
    await context.sleep({ milliseconds: LOOK_AGAIN_MS });
  }
}

async function main() {
  const services = [restate.service({ name: SERVICE, handlers: { runAction } })];
  const server = http2.createServer(restate.createEndpointHandler({ services }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await register(`http://127.0.0.1:${server.address().port}`);
  answerCalls({});
}

async function register(uri) {
  const answer = await request(`${process.env.BENCH_RESTATE_ADMIN}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`Restate did not take the service: HTTP ${answer.statusCode} ${text}`);
}

main();

/** The embedded SOAR in a process of its own. Actions take no time of their own; "simulate" takes what it is told. */
import { z } from 'zod';
import { startSoarSim } from '../../src/sim/index.js';
import { answerCalls } from '../programs/answer-calls.js';

async function main(): Promise<void> {
  const token = z.string().parse(process.env['BENCH_SOAR_TOKEN']);
  const { url, counts } = await startSoarSim({ token, actionDurationMs: 0 });
  answerCalls({
    url: () => url,
    requests: () => Object.values(counts().requests).reduce((sum, count) => sum + count, 0),
    actionRuns: () => counts().actionRuns,
  });
}

void main();

import {
  ApplicationFailure,
  log,
  setDefaultQueryHandler,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURE_TYPES, WORKFLOW_TYPES } from '../model/names.js';
import { wellFormed, nearest } from '../model/text.js';

/** What a workflow answers to. */
export interface KnownCalls {
  readonly signal: readonly string[];
  readonly query: readonly string[];
  readonly update: readonly string[];
}

const MAX_NOTED = 10;
const MAX_NAME_CHARACTERS = 100;

/**
 * Answers a query or an update of an unknown name with the names that there are. A signal has no answer: it is logged,
 * and `note` is given what the status says of it. To be called after the known handlers are set: signals that wait for one would
 * be taken for unknown.
 */
export function answerUnknownCalls(known: KnownCalls, note: (unknown: readonly string[]) => void): void {
  let noted: readonly string[] = [];
  let logged = 0;
  setDefaultSignalHandler((name) => {
    const problem = problemOf('signal', name, known.signal);
    // Whoever sends thousands would fill the log as well.
    if (logged++ < MAX_NOTED) log.warn(problem);
    noted = [...noted.filter((other) => other !== problem), problem].slice(-MAX_NOTED);
    note(noted);
  });
  setDefaultQueryHandler((name) => {
    throw refusal(problemOf('query', name, known.query));
  });
  setDefaultUpdateHandler((name) => {
    throw refusal(problemOf('update', name, known.update));
  });
}

function problemOf(kind: string, given: string, known: readonly string[]): string {
  const name = wellFormed(given.slice(0, MAX_NAME_CHARACTERS));
  const meant = nearest(name, known);
  const hint = meant ? `did you mean ${meant}? ` : '';
  return `${kind} "${name}" is not known; ${hint}There are: ${known.join(', ')}.`;
}

function refusal(problem: string, type: string = FAILURE_TYPES.unknownName): ApplicationFailure {
  return ApplicationFailure.nonRetryable(problem, type, { problems: [problem] });
}

const { runAction, enrichBatch, readRows } = WORKFLOW_TYPES;

/** Stands in for every workflow type that there is not: Temporal would try such a workflow again for ever, and say so to nobody. */
export default function unknownType(): Promise<never> {
  const problem = problemOf('workflow type', workflowInfo().workflowType, [runAction, enrichBatch, readRows]);
  throw refusal(problem, FAILURE_TYPES.unknownWorkflowType);
}

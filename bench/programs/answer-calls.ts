import { callSchema, READY_ID } from './call.js';

type Answers = Readonly<Record<string, (argument: unknown) => unknown>>;

/** The program's side: answers the bench's calls until the bench lets go of it, then ends. */
export function answerCalls(answers: Answers): void {
  process.on('message', (message) => {
    const { id, name, argument } = callSchema.parse(message);
    void answer(answers, name, argument).then((given) => process.send?.({ id, ...given }));
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ id: READY_ID });
}

async function answer(
  answers: Answers,
  name: string,
  argument: unknown,
): Promise<{ result?: unknown; error?: string }> {
  try {
    return { result: await answers[name]?.(argument) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

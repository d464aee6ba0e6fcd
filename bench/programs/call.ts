/** How the bench and a program it has started in a process of its own talk: a call by name, one answer each. */
import { z } from 'zod';

/** What the bench sends to a program. */
export const callSchema = z.object({ id: z.int(), name: z.string(), argument: z.unknown().optional() });

/** What the program sends back. */
export const answerSchema = z.object({ id: z.int(), result: z.unknown().optional(), error: z.string().optional() });

/** A program that has set itself up says so by answering this call, which nobody makes. */
export const READY_ID = -1;

/** Where the bare workflow's worker takes its work from. */
export const BARE_TASK_QUEUE = 'bare';

/** A workflow as Temporal describes it. */
export interface SeenWorkflow {
  readonly workflowId: string;
  readonly type: string;
  /** The same for all runs of it, and another for a later workflow of the same id. */
  readonly firstRunId: string;
  readonly isRunning: boolean;
  readonly memo: unknown;
  /** True for a workflow type of ours on this worker's task queue: nobody else's results and memos are ours to trust. */
  readonly isOurs: boolean;
  /** `null` if it is nobody's child. */
  readonly parentId: string | null;
}

/** How a workflow ended: its result, or the failure and the result that its details may have. */
export interface WorkflowEnd {
  readonly result: unknown;
  /** `null` if it did not fail. */
  readonly failure: string | null;
}

/** What reading rows asks of Temporal. */
export interface WorkflowsView {
  /** `null` if there is none, or none any more. */
  describe(workflowId: string): Promise<SeenWorkflow | null>;
  /** Of a workflow that has ended. */
  endOf(workflowId: string): Promise<WorkflowEnd>;
  argumentsOf(workflowId: string): Promise<readonly unknown[]>;
  /** Asks a running batch. */
  rowsReady(workflowId: string, from: number): Promise<unknown>;
}

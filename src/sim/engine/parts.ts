import type { AppCode } from '../apps/app-code.js';
import type { Tables } from '../store/store.js';

/** What the engine works with. */
export interface EngineParts {
  readonly tables: Tables;
  /** Writes what changed to the journal. */
  readonly commit: () => void;
  readonly appCode: AppCode;
  readonly nodeGuid: string;
  /** How long an approver or a reviewer has, in milliseconds. */
  readonly approvalLifetimeMs: number;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

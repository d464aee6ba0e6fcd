/**
 * What became of a row. `unread`: SOAR has a result, which cannot be read, or cannot be told from others; it says nothing of the
 * item. `gone`: its result was there, and can be had no more.
 */
export const READ_ROW_STATUSES = ['success', 'reused', 'failed', 'unread', 'cancelled', 'gone'] as const;

/** {@link READ_ROW_STATUSES} as a type. */
export type ReadRowStatus = (typeof READ_ROW_STATUSES)[number];

/** Likewise of a row of a file: `invalid` has nothing that can be sent, `skipped` was not wanted. */
export const ROW_STATUSES = [...READ_ROW_STATUSES, 'invalid', 'skipped'] as const;

/** {@link ROW_STATUSES} as a type. */
export type RowStatus = (typeof ROW_STATUSES)[number];

/** True for a row that has its result: no later run changes it. */
export function hasSucceeded(status: RowStatus): boolean {
  return status === 'success' || status === 'reused';
}

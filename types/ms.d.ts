/**
 * `ms@3.0.0-canary.1` exports no types under node16 resolution, so Temporal's `Duration` silently becomes `any` and a
 * misspelt `'5 minuts'` compiles (sdk-typescript issue 1668). This declaration closes the hole; `test/unit/types/ms-types.test.ts` keeps it closed.
 */
declare module 'ms' {
  type Long = 'year' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';
  type Short = 'yr' | 'y' | 'w' | 'd' | 'hr' | 'h' | 'min' | 'm' | 'sec' | 's' | 'msec' | 'ms';
  type Lower = Long | `${Long}s` | Short | 'yrs' | 'hrs' | 'mins' | 'secs' | 'msecs';
  type Unit = Lower | Capitalize<Lower> | Uppercase<Lower>;
  export type StringValue = `${number}` | `${number}${Unit}` | `${number} ${Unit}`;
  export default function ms(value: StringValue | number): number;
}

import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts in `/proc/<pid>/stat`: 100 ticks a second on every architecture it runs on. */
const MS_PER_TICK = 10;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, with that of children that have ended and been waited for. */
  readonly cpuMs: number;
}

/** CPU time of a process and all below it, in ms. */
export function cpuMsOf(pid: number): number {
  return treeOf(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/**
 * Peak resident memory of a process and all below it, in bytes: each one's own peak, added up. Pages that processes share count
 * for each, as PostgreSQL's buffers do.
 */
export function peakMemoryOf(pid: number): number {
  return treeOf(pid).reduce((sum, process) => sum + bytesOf(process.pid, 'VmHWM'), 0);
}

/** Resident memory of a process and all below it as it is now, in bytes. */
export function residentMemoryOf(pid: number): number {
  return treeOf(pid).reduce((sum, process) => sum + bytesOf(process.pid, 'VmRSS'), 0);
}

function treeOf(pid: number): ProcessTimes[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timesOf(Number(name)) ?? []);
  const below = (parent: ProcessTimes): ProcessTimes[] => [
    parent,
    ...all.filter((child) => child.parent === parent.pid).flatMap(below),
  ];
  return all.filter((process) => process.pid === pid).flatMap(below);
}

/** Undefined if the process has just ended. */
function timesOf(pid: number): ProcessTimes | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  // proc(5): the name, in parentheses, may hold spaces; after it come state, parent, … and, as 12th to 15th, the four times.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: ticks * MS_PER_TICK };
}

function bytesOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) * 1_024;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

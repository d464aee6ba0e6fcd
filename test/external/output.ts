import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * What a program prints. Python that aborts while its interpreter ends has done all its work: a short-lived client of
 * temporalio does that now and then (https://github.com/temporalio/sdk-python/issues/300).
 */
export async function output(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    return (await execute(program, [...args], { ...options, maxBuffer: 64e6 })).stdout;
  } catch (error) {
    const { signal, stdout, stderr = '' } = error as { signal?: string; stdout?: string; stderr?: string };
    const isEnding = stderr.includes('Python runtime state: finalizing') && !stderr.includes('Traceback');
    if (signal === 'SIGABRT' && isEnding && stdout) return stdout;
    throw error;
  }
}

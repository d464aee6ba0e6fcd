import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const PASSED_ON = /^(PATH|HOME|USER|TMPDIR|TEMP|TMP|TZ|LANG|LC_\w+|SystemRoot|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;
const FOR_DOWNLOADS = /^(https?_proxy|no_proxy|all_proxy|ssl_cert_(file|dir)|requests_ca_bundle|pip_\w+|xdg_\w+)$/i;

/**
 * What a program that we start sees of our environment: no token, and no setting of Temporal that is meant for a client. Programs are not
 * looked for in the current folder, where somebody's input lies: a `PATH` with an empty or a relative part would do that.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv, isDownload = false): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(
    ([name]) => PASSED_ON.test(name) || (isDownload && FOR_DOWNLOADS.test(name)),
  );
  return Object.fromEntries(
    passed.map(([name, value]) => [name, /^path$/i.test(name) ? foldersIn(value).join(path.delimiter) : value]),
  );
}

/** The folders of a `PATH` that are named from the root. */
export function foldersIn(searchPath = ''): string[] {
  return searchPath.split(path.delimiter).filter((entry) => path.isAbsolute(entry));
}

/** Runs a program to its end, in `folder` and not in the current one. @returns what it printed */
export async function runProgram(
  file: string,
  args: readonly string[],
  { folder, timeoutMs }: { readonly folder: string; readonly timeoutMs: number },
): Promise<string> {
  const options = { cwd: folder, env: childEnvironment(process.env, true), timeout: timeoutMs };
  const { stdout } = await execute(file, args, options);
  return stdout;
}

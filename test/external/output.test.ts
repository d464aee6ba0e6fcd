import { output } from './output.js';

/** A program in Python that prints, says something on standard error, and aborts. Needs Python 3. */
function aborting(complaint: string): Promise<string> {
  const program =
    'import os, sys; print("done", flush=True); print(sys.argv[1], file=sys.stderr, flush=True); os.abort()';
  return output('python3', ['-c', program, complaint], { cwd: __dirname });
}

const AT_ITS_END = 'Python runtime state: finalizing (tstate=0x1)';

describe('a program in Python that aborts', () => {
  it('has done its work where only its interpreter was still ending', async () => {
    expect(await aborting(AT_ITS_END)).toBe('done\n');
  });

  it.each([
    ['control: before its end', 'Python runtime state: initialized'],
    ['control: after an exception', `Traceback (most recent call last):\n${AT_ITS_END}`],
  ])('%s, it has failed', async (_case, complaint) => {
    await expect(aborting(complaint)).rejects.toMatchObject({ signal: 'SIGABRT' });
  });
});

import { chmodSync, existsSync, mkdirSync, truncateSync } from 'node:fs';
import { randomFrom } from '../faults/seeds.js';
import { Workplace } from './support/workplace.js';

const MIB = 1024 * 1024;

function junk(): Uint8Array {
  const random = randomFrom(1);
  return Uint8Array.from({ length: 4_096 }, () => Math.floor(random() * 256));
}

type Prepare = (workplace: Workplace) => void;

const containing =
  (content: string | Uint8Array): Prepare =>
  (place) => {
    place.write('bad.csv', content);
  };

const aFolder: Prepare = (place) => {
  mkdirSync(place.at('bad.csv'));
};

const BAD_FILES: readonly [what: string, prepare: Prepare, says: RegExp][] = [
  ['a file that is not there', () => undefined, /^bad\.csv does not exist\.$/],
  ['a folder', aFolder, /^bad\.csv is not a file\.$/],
  ['an empty file', containing(''), /^bad\.csv is empty: .*column "ip"\.$/],
  ['a header alone', containing('ip,note\n'), /^bad\.csv has a header but no rows\.$/],
  [
    'a file without the column',
    containing('address,note\n8.8.8.8,x\n'),
    /^bad\.csv has no column "ip"; its columns are "address", "note"\.$/,
  ],
  ['two columns "ip"', containing('ip,IP\n8.8.8.8,1.1.1.1\n'), /^bad\.csv has 2 columns "ip"/],
  [
    'a file of 200 MiB',
    (place) => {
      place.write('bad.csv', 'ip\n');
      truncateSync(place.at('bad.csv'), 200 * MIB);
    },
    /^bad\.csv is 200 MiB large; at most 64 MiB are read: .*\.$/,
  ],
  ['binary junk', containing(junk()), /^bad\.csv (is not a CSV file: .*|has no column "ip".*)\.$/],
  [
    'a quote that is never closed',
    containing('ip,note\n8.8.8.8,"open\n1.1.1.1,x\n'),
    /^bad\.csv is not a CSV file: a quote is opened and never closed \(line 3\)\.$/,
  ],
  [
    'rows of different lengths',
    containing('ip,note\n8.8.8.8\n'),
    /^bad\.csv is not a CSV file: a row has not as many values as the header \(line 2\)\.$/,
  ],
  [
    'more rows than one batch takes',
    containing(`ip\n${'203.0.113.7\n'.repeat(100_000)}`),
    /^bad\.csv has 100000 rows, more than one batch takes; split it .* at most \d+ rows\.$/,
  ],
];

// Permissions do not hold for root, who would read it; a unit test has the sentence.
const UNREADABLE: typeof BAD_FILES = [
  [
    'a file that may not be read',
    (place) => {
      place.write('bad.csv', 'ip\n8.8.8.8\n');
      chmodSync(place.at('bad.csv'), 0);
    },
    /^bad\.csv may not be read by this user\.$/,
  ],
];

const BAD_OUTPUTS: readonly [what: string, output: string, says: RegExp][] = [
  ['in a folder that is not there', 'missing/results.csv', /^missing\/results\.csv cannot be written: .*\.$/],
  ['in a file', 'good.csv/results.csv', /^good\.csv\/results\.csv cannot be written: good\.csv is not a folder\.$/],
  ['that is a folder', '.', /^\. is a folder; .*\.$/],
];

const WRONG_USAGES: readonly (readonly string[])[] = [
  ['start', '--unknown'],
  ['start', 'surplus'],
  ['start', '--input'],
  ['start', '--container', 'abc'],
  ['start', '--input', 'good.csv', '--output', './good.csv'],
  ['unknown'],
  [],
];

describe('the main job refuses, before it starts anything,', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('good.csv', 'ip\n8.8.8.8\n');
  });
  afterEach(() => workplace.close());

  async function refusal(exitCode: number, args: readonly string[]): Promise<string> {
    const command = workplace.run(args);
    expect(await command.ended).toBe(exitCode);
    expect(command.said.stdout).toBe('');
    expect(existsSync(workplace.at('.soar-runner'))).toBe(false);
    return command.said.stderr;
  }

  it.each(process.getuid?.() === 0 ? BAD_FILES : [...BAD_FILES, ...UNREADABLE])(
    '%s as its input, in one sentence',
    async (_what, prepare, says) => {
      prepare(workplace);
      const stderr = await refusal(1, ['start', '--input', 'bad.csv']);
      expect(stderr.endsWith('\n')).toBe(true);
      expect(stderr.trimEnd()).toMatch(says);
      expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}]/u);
    },
  );

  it.each(BAD_OUTPUTS)('an output %s, in one sentence', async (_what, output, says) => {
    const stderr = await refusal(1, ['start', '--input', 'good.csv', '--output', output]);
    expect(stderr.trimEnd()).toMatch(says);
  });

  it.each(WRONG_USAGES.map((args) => [args]))('wrong usage %j, with exit code 2', async (args) => {
    expect(await refusal(2, args)).not.toContain('    at ');
  });
});

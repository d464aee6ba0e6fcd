import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { randomFrom } from '../faults/seeds.js';
import { Workplace } from './support/workplace.js';

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
  ['a header alone', containing('ip,note\n'), /^bad\.csv has no rows\.$/],
  [
    'a file without the column',
    containing('address,note\n8.8.8.8,x\n'),
    /^bad\.csv has no column "ip"; its columns are "address", "note": did you mean --column address\?$/,
  ],
  ['two columns "ip"', containing('ip,IP\n8.8.8.8,1.1.1.1\n'), /^bad\.csv has 2 columns "ip"/],
  ['binary junk', containing(junk()), /^bad\.csv is not a text file\.$/],
  [
    'a quote that is never closed',
    containing('ip,note\n8.8.8.8,"open\n1.1.1.1,x\n'),
    /^bad\.csv cannot be read: a quote is opened and never closed \(line 3\)\. Say --no-quotes .*\.$/,
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
  ['of a name that tells no format', 'results.xlsx', /^The name of results\.xlsx must end in .*\.$/],
];

const WRONG_USAGES: readonly (readonly string[])[] = [
  ['start', '--unknown'],
  ['start', 'surplus'],
  ['start', '--input'],
  ['start', '--container', 'abc'],
  ['start', '--input', 'good.csv', '--output', './good.csv'],
  ['batch'],
  ['batch', 'good.csv', '--unknown'],
  ['batch', 'good.csv', '--items-per-run', '0'],
  ['batch', 'good.csv', '--output', 'good.txt'],
  ['batch', 'good.csv', '--from-container', '1'],
  ['batch', 'good.csv', '--no-worker'],
  ['batch', 'good.csv', '--asset', ''],
  ['batch', 'good.csv', '--workflow-id', 'x'.repeat(1_100)],
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
    for (const started of ['temporal.json', 'soar.json']) {
      expect(existsSync(workplace.at(`.soar-runner/${started}`))).toBe(false);
    }
    return command.said.stderr;
  }

  it.each(process.getuid?.() === 0 ? BAD_FILES : [...BAD_FILES, ...UNREADABLE])(
    '%s as its input, in one sentence',
    async (_what, prepare, says) => {
      prepare(workplace);
      const stderr = await refusal(2, ['start', '--input', 'bad.csv']);
      expect(stderr.endsWith('\n')).toBe(true);
      expect(stderr.trimEnd()).toMatch(says);
      expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}]/u);
    },
  );

  it.each(BAD_OUTPUTS)('an output %s, in one sentence', async (_what, output, says) => {
    const stderr = await refusal(2, ['start', '--input', 'good.csv', '--output', output]);
    expect(stderr.trimEnd()).toMatch(says);
  });

  it.each(WRONG_USAGES.map((args) => [args]))('wrong usage %j, with exit code 2', async (args) => {
    expect(await refusal(2, args)).not.toContain('    at ');
  });
});

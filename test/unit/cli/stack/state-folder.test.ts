import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openLogFile, openStateFolder, readJsonFile, writeJsonFile } from '../../../../src/cli/stack/state-folder.js';
import { Scratch } from '../support/scratch.js';

const ANOTHER_USER = 12_345;
const SECRET = 'canary';
const schema = z.object({ value: z.string() });
let scratch: Scratch;
let folder: string;

beforeEach(() => {
  scratch = new Scratch();
  folder = scratch.at('.soar-runner');
  writeFileSync(scratch.at('elsewhere'), JSON.stringify({ value: SECRET }));
});
afterEach(() => scratch.remove());

const modeOf = (file: string): number => statSync(file).mode & 0o777;

/** A folder as this user's own commands leave it, with a file two levels down. */
function ours(): void {
  mkdirSync(path.join(folder, 'jobs'), { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  writeFileSync(path.join(folder, 'jobs/job.json'), '{"value":"ours"}', { mode: 0o600 });
}

type Plant = () => void;

const PLANTED: readonly [what: string, plant: Plant, says: RegExp][] = [
  [
    'the folder is a link to one',
    () => {
      mkdirSync(scratch.at('real'));
      symlinkSync(scratch.at('real'), folder);
    },
    /it is a link/,
  ],
  [
    'the folder is a link to nothing',
    () => {
      symlinkSync(scratch.at('nothing'), folder);
    },
    /it is a link/,
  ],
  [
    'the folder is a file',
    () => {
      writeFileSync(folder, '');
    },
    /is a file; it must be a folder/,
  ],
  [
    'all can write to the folder',
    () => {
      ours();
      chmodSync(folder, 0o777);
    },
    /other users can write/,
  ],
  [
    'its group can write to the folder',
    () => {
      ours();
      chmodSync(folder, 0o720);
    },
    /other users can write/,
  ],
  [
    'all can write with a sticky bit',
    () => {
      ours();
      chmodSync(folder, 0o1777);
    },
    /other users can write/,
  ],
  [
    'all can write to a file in it',
    () => {
      ours();
      chmodSync(path.join(folder, 'jobs/job.json'), 0o606);
    },
    /other users can write/,
  ],
  [
    'all can write to a folder in it',
    () => {
      ours();
      chmodSync(path.join(folder, 'jobs'), 0o777);
    },
    /other users can write/,
  ],
  [
    'a file in it is a link',
    () => {
      ours();
      symlinkSync(scratch.at('elsewhere'), path.join(folder, 'temporal.json'));
    },
    /it is a link/,
  ],
  [
    'a folder in it is a link',
    () => {
      ours();
      symlinkSync(scratch.folder, path.join(folder, 'jobs/x'));
    },
    /it is a link/,
  ],
  [
    'a file in it is a pipe',
    () => {
      ours();
      execFileSync('mkfifo', [path.join(folder, 'soar.json')]);
    },
    /neither a file nor a folder/,
  ],
];

// Only root can give files away.
const GIVEN_AWAY: typeof PLANTED = [
  [
    'the folder is another user’s',
    () => {
      ours();
      chownSync(folder, ANOTHER_USER, 0);
    },
    /another user/,
  ],
  [
    'a file in it is another user’s',
    () => {
      ours();
      chownSync(path.join(folder, 'jobs/job.json'), ANOTHER_USER, 0);
    },
    /another user/,
  ],
];

describe('the state folder', () => {
  it('is created for its owner only', () => {
    openStateFolder(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  it('is taken as its owner left it', () => {
    ours();
    openStateFolder(folder);
    expect(readFileSync(path.join(folder, 'jobs/job.json'), 'utf8')).toBe('{"value":"ours"}');
  });

  it('is closed to others, with all in it, where they could read it', () => {
    ours();
    for (const entry of ['', 'jobs']) chmodSync(path.join(folder, entry), 0o755);
    chmodSync(path.join(folder, 'jobs/job.json'), 0o644);
    openStateFolder(folder);
    expect(['', 'jobs', 'jobs/job.json'].map((entry) => modeOf(path.join(folder, entry)))).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it.each(process.getuid?.() === 0 ? [...PLANTED, ...GIVEN_AWAY] : PLANTED)(
    'is refused where %s',
    (_what, plant, says) => {
      plant();
      expect(() => {
        openStateFolder(folder);
      }).toThrow(says);
    },
  );

  it.each(PLANTED.slice(3))('would be opened by a plain mkdir where %s: the control', (_what, plant) => {
    plant();
    mkdirSync(folder, { recursive: true });
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});

describe('a state file', () => {
  const file = (): string => path.join(folder, 'record.json');
  beforeEach(ours);

  it('is written for its owner only, and read again', () => {
    writeJsonFile(file(), { value: 'x' });
    expect(modeOf(file())).toBe(0o600);
    expect(readJsonFile(file(), schema)).toEqual({ value: 'x' });
  });

  it('that is not there is none', () => {
    expect(readJsonFile(file(), schema)).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"value":1}', '\0\0\0', '{"__proto__":{"value":"x"}}'])(
    'with the content %j is damaged, which is said without a change',
    (content) => {
      writeFileSync(file(), content);
      expect(() => readJsonFile(file(), schema)).toThrow(/record\.json is damaged\. Nothing was changed\./);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    },
  );

  it.each<[what: string, plant: Plant]>([
    [
      'a link',
      () => {
        symlinkSync(scratch.at('elsewhere'), file());
      },
    ],
    [
      'a folder',
      () => {
        mkdirSync(file());
      },
    ],
    ['a pipe, which would keep a reader waiting', () => execFileSync('mkfifo', [file()])],
  ])('that is %s is not read', (_what, plant) => {
    plant();
    expect(() => readJsonFile(file(), schema)).toThrow(/cannot be trusted/);
  });

  it('is written beside a planted part, and follows no link of its name', () => {
    symlinkSync(scratch.at('elsewhere'), `${file()}.part`);
    writeJsonFile(file(), { value: 'x' });
    expect(readFileSync(scratch.at('elsewhere'), 'utf8')).toContain(SECRET);
    expect(lstatSync(file()).isSymbolicLink()).toBe(false);
  });

  it('would be written through that link by a plain write: the control', () => {
    symlinkSync(scratch.at('elsewhere'), `${file()}.part`);
    writeFileSync(`${file()}.part`, '{}');
    expect(readFileSync(scratch.at('elsewhere'), 'utf8')).toBe('{}');
  });

  it('replaces a second name of a file, and leaves the file', () => {
    linkSync(scratch.at('elsewhere'), file());
    writeJsonFile(file(), { value: 'x' });
    expect(readFileSync(scratch.at('elsewhere'), 'utf8')).toContain(SECRET);
  });
});

describe('a log file', () => {
  it('is opened to append, for its owner only', () => {
    ours();
    const file = path.join(folder, 'x.log');
    closeSync(openLogFile(file));
    expect(modeOf(file)).toBe(0o600);
  });

  it('is not opened through a link, and nothing is created at its end', () => {
    ours();
    symlinkSync(scratch.at('target'), path.join(folder, 'x.log'));
    expect(() => openLogFile(path.join(folder, 'x.log'))).toThrow(/it is a link/);
    expect(existsSync(scratch.at('target'))).toBe(false);
  });

  it('in a folder that is not there is an error that says so', () => {
    rmSync(folder, { recursive: true, force: true });
    expect(() => openLogFile(path.join(folder, 'x.log'))).toThrow(/x\.log cannot be written/);
  });
});

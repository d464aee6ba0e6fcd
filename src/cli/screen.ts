/** Where a command tells people what it does. */
export interface Screen {
  say(text: string): void;
}

/** Standard output, or standard error where the first is for data. */
export function screenOn(stream: NodeJS.WritableStream): Screen {
  return {
    say: (text) => {
      stream.write(`${text}\n`);
    },
  };
}

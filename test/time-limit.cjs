// The machine may be busy: a test that hangs is ended, one that is slow is not.
jest.setTimeout(600_000);

const CHANGES_SOMETHING = /^(contain|correct)/i;

/** True for the types of actions that change something outside SOAR. On a request the type is free text: `containment` counts too. */
export function changesSomething(type: string): boolean {
  return CHANGES_SOMETHING.test(type);
}

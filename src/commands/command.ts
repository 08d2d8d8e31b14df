// What a command is, and what it is given. It answers its exit code.

import { type Environment, misspelt } from '../config.ts'
import type { Clock } from '../core/clock.ts'

export type Terminal = {
  env: Environment
  /** What stands in .env too, with another value that has no effect. */
  overridden: string[]
  clock: Clock
  random: () => number
  print: (text: string) => void
  complain: (text: string) => void
  version: string
  /** Resolves when the process is asked to end; from the first call on it does not end by itself. */
  stopped: () => Promise<string>
}

/** An edit of .env without effect is hard to find by oneself. Names only: values may be secrets. */
export const warnOfOverridden = ({ overridden, complain }: Terminal): void => {
  if (overridden.length === 0) return
  const names = overridden.join(', ')
  complain(
    `Warning: ${names}: the environment holds another value than .env, and wins. Unset what .env is to say.`
  )
}

/** What is set under a misspelt name has no effect, and the default says nothing. */
export const warnOfMisspelt = (
  { env, complain }: Terminal,
  toolSettings: Parameters<typeof misspelt>[1]
): void => {
  for (const { name, meant } of misspelt(env, toolSettings))
    complain(`Warning: ${name} is not a setting; did you mean ${meant}?`)
}

/** A failure that its message tells in full: a person reads it, and no stack. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
}

/** Wrong use of a command; ends with exit code 2, as what `parseArgs` itself refuses does. */
export class WrongUse extends Error {
  override name = 'WrongUse'
  readonly code = 'ERR_PARSE_ARGS_WRONG_USE'
}

/** `name` is the word it was called by: one file may serve several. */
export type Command = (args: string[], terminal: Terminal, name: string) => Promise<number>

export type Listed = {
  name: string
  /** What is too long for the list of all commands, and stands in the usage of this one. */
  options?: string
  help: string
  load: () => Promise<unknown>
}

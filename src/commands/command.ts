// What a command is, and what it gets. It returns its exit code.

import { type Environment, misspelt } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { isLanguage, type Language } from '../words/words.ts'

export type Terminal = {
  env: Environment
  /** Variables that .env also sets, to another value that has no effect. */
  overridden: string[]
  clock: Clock
  random: () => number
  print: (text: string) => void
  complain: (text: string) => void
  version: string
  /** Asks the person; null: nobody is there to answer. */
  confirm: (question: string) => Promise<boolean | null>
  /** Resolves when the process is asked to end. After the first call the process no longer ends by itself. */
  stopped: () => Promise<string>
}

/** Without this, nobody finds out why an edit of .env has no effect. Names only: values may be secrets. */
export const warnOfOverridden = ({ overridden, complain }: Terminal): void => {
  if (overridden.length === 0) return
  const names = overridden.join(', ')
  complain(`Warning: ${names}: the environment has another value than .env, and wins. Unset it there if .env is right.`)
}

/** A setting under a misspelt name has no effect, and nothing else says so. */
export const warnOfMisspelt = ({ env, complain }: Terminal, toolSettings: Parameters<typeof misspelt>[1]): void => {
  for (const { name, meant } of misspelt(env, toolSettings))
    complain(`Warning: ${name} is not a setting; did you mean ${meant}?`)
}

/** A failure that the message explains in full: a person reads it, without a stack. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
}

/** Wrong use of a command. Exits with 2, as for arguments that `parseArgs` refuses. */
export class WrongUse extends Error {
  override name = 'WrongUse'
  readonly code = 'ERR_PARSE_ARGS_WRONG_USE'
}

/** A system's LANGUAGE may be a list of languages; only one of ours counts. */
export const languageOf = (lang: string | undefined, { LANGUAGE = 'en' }: Environment): Language => {
  const language = lang ?? (isLanguage(LANGUAGE) ? LANGUAGE : 'en')
  if (!isLanguage(language)) throw new WrongUse('--lang: expected nl or en')
  return language
}

/** `name` is what the person typed: one file may serve several commands. */
export type Command = (args: string[], terminal: Terminal, name: string) => Promise<number>

export type Listed = {
  name: string
  /** Options that only the usage of this command lists, because the list of all commands has no room. */
  options?: string
  help: string
  load: () => Promise<unknown>
}

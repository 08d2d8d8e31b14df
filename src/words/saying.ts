// A sentence that is said later, in the language of whoever reads it.

import type { Words } from './en.ts'
import { type Language, words } from './words.ts'

type Sentences = Words['health']

/** Which sentence, and the facts in it: `say` has compared them. */
export type Saying = readonly [keyof Sentences, ...(string | number)[]]

export const say = <Name extends keyof Sentences>(name: Name, ...facts: Parameters<Sentences[Name]>): Saying => [
  name,
  ...facts
]

export const said = ([name, ...facts]: Saying, language: Language): string =>
  (words[language].health[name] as (...facts: unknown[]) => string)(...facts)

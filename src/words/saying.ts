// A sentence that is said later, in the language of its reader.

import type { Words } from './en.ts'
import { sentenceIn } from './sentences.ts'
import { type Language, words } from './words.ts'

type Sentences = Words['health']

/** Which sentence, and the facts in it. The types of `say` make sure that they fit. */
export type Saying = readonly [keyof Sentences, ...(string | number)[]]

export const say = <Name extends keyof Sentences>(name: Name, ...facts: Parameters<Sentences[Name]>): Saying => [
  name,
  ...facts
]

/** A fact may be a sentence itself, such as why another system failed. It is translated, too. */
export const said = ([name, ...facts]: Saying, language: Language): string => {
  const spoken = facts.map(fact => (typeof fact === 'string' ? (sentenceIn(language, fact) ?? fact) : fact))
  return (words[language].health[name] as (...facts: unknown[]) => string)(...spoken)
}

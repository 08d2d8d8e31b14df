// The settings of the generic intake. Where INTAKE_SENDERS names several senders, each secret carries the name of its
// sender, and so shows which one sent a request. No message contains a secret.

import { z } from 'zod'
import type { Senders } from '../../src/tools/senders.ts'
import { signingKey } from '../signatures/standard-webhooks.ts'
import { mistakeOf, secrets } from './secrets.ts'

const nameExpected = 'expected names of small letters, digits and -, at most 20 characters, with commas between'

// No one needs more, and each is tried for every signature.
const namesMax = 50

const names = z.string(nameExpected).transform((text, context): string[] => {
  const found = text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  const mistake = mistakeInNames(found)
  if (mistake === undefined) return found
  context.addIssue({ code: 'custom', message: mistake })
  return z.NEVER
})

const mistakeInNames = (found: string[]): string | undefined => {
  if (found.length === 0) return nameExpected
  const wrong = found.findIndex(name => !/^[a-z][a-z0-9-]{0,19}$/.test(name))
  if (wrong !== -1) return `name ${wrong + 1} of ${found.length}: ${nameExpected}`
  const twice = found.find((name, at) => found.indexOf(name) !== at)
  if (twice !== undefined) return `${twice} is listed twice`
  return found.length > namesMax ? `expected at most ${namesMax} names` : undefined
}

export const settings = z
  .object({ INTAKE_SECRET: secrets, INTAKE_SENDERS: names.optional() })
  .superRefine(({ INTAKE_SECRET: entries, INTAKE_SENDERS: senders }, context) => {
    if (senders === undefined) return
    const complain = (field: keyof Settings, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    const keys = entries.map(keyIn)
    for (const [at, key] of keys.entries()) {
      const mistake = mistakeInKey(key, at, { keys, senders })
      if (mistake !== undefined) complain('INTAKE_SECRET', `secret ${at + 1} of ${keys.length}: ${mistake}`)
    }
    for (const name of senders.filter(name => keys.every(({ sender }) => sender !== name)))
      complain('INTAKE_SENDERS', `${name} has no secret: expected ${name}:whsec_… in INTAKE_SECRET`)
  })

export type Settings = { INTAKE_SECRET: string[]; INTAKE_SENDERS?: string[] | undefined }

/** A secret, and the sender that has it; null where senders are not told apart. */
export type Key = { sender: string | null; secret: string }

/** The name is what comes before the first colon: a name has none in it, and a secret may. */
const keyIn = (entry: string): Key => {
  const colon = entry.indexOf(':')
  return { sender: entry.slice(0, Math.max(0, colon)).trim(), secret: entry.slice(colon + 1).trim() }
}

const mistakeInKey = (
  { sender, secret }: Key,
  at: number,
  { keys, senders }: { keys: Key[]; senders: string[] }
): string | undefined => {
  if (sender === null || !senders.includes(sender)) return 'expected a name of INTAKE_SENDERS before it, and a colon'
  const isSame = (other: Key) => signingKey(other.secret).equals(signingKey(secret))
  const isOthers = keys.slice(0, at).some(other => other.sender !== sender && isSame(other))
  return mistakeOf(secret) ?? (isOthers ? 'is the secret of another sender: expected one of its own' : undefined)
}

export const keysOf = ({ INTAKE_SECRET, INTAKE_SENDERS }: Settings): Key[] =>
  INTAKE_SENDERS === undefined ? INTAKE_SECRET.map(secret => ({ sender: null, secret })) : INTAKE_SECRET.map(keyIn)

export const sendersOf = ({ INTAKE_SENDERS = [] }: Settings): Senders => ({
  variable: 'INTAKE_SENDERS',
  names: INTAKE_SENDERS
})

/** The secret with which a sender proves itself; the first sender's where none is named. */
export const secretOf = (settings: Settings, sender = settings.INTAKE_SENDERS?.[0] ?? null): string =>
  keysOf(settings).find(key => key.sender === sender)?.secret ?? ''

// Whether a setting may be shown as it was typed. It counts as a secret unless it says otherwise, so that nothing is
// shown by oversight.

import { z } from 'zod'

/** A value that does not look like this may be a secret that was pasted on the wrong line. */
type Kind = { looks: RegExp }

const kinds = z.registry<Kind>()

// Secrets have sixteen characters or more.
const short = /^.{1,15}$/s

// A host with a dot or a port. Tokens have neither, except some that are longer than any address. No login before the
// host, and no query behind the path.
const open =
  /^(?=.{1,100}$)(\w+:\/*)?([a-z0-9-]+\.[a-z0-9.-]+|localhost|[a-z0-9-]+(?=:\d)|\[[0-9a-f:]+\])(:\d+)?(\/[\w./-]*)?$/

const shown = <S extends z.ZodType>(setting: S, looks: RegExp): S => {
  kinds.add(setting, { looks })
  return setting
}

/** A number, or one of a few words. */
export const word = <S extends z.ZodType>(setting: S, looks: RegExp = short): S => shown(setting, looks)

/** An address that opens nothing by itself. */
export const address = <S extends z.ZodType>(setting: S): S => shown(setting, open)

/** The address of an API, without the slash that people leave at its end. */
export const httpAddress = z
  .url({ protocol: /^https?$/, error: 'expected an address that begins with https://' })
  .transform(text => text.replace(/\/+$/, ''))

export const isSecret = (setting: z.ZodType): boolean => !kinds.has(setting)

/** The value in quotes. Null: it is a secret, or may be one. */
export const typed = (setting: z.ZodType, value: string): string | null => {
  const looksRight = kinds.get(setting)?.looks.test(value) ?? false
  return looksRight ? JSON.stringify(value) : null
}

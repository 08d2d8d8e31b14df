// What Stripe's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress, word } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

const secretExpected = 'expected the signing secret of the webhook, whsec_…, or several with commas between'
// Stripe promises no length; a secret shorter than this was cut off in pasting.
const secretCharactersMin = 16
const keyExpected = 'expected a secret or restricted key of Stripe, such as rk_live_…'

const mistakeIn = (secret: string): string | undefined => {
  const [, rest] = /^whsec_(.*)$/s.exec(secret) ?? []
  if (rest === undefined) return secretExpected
  if (!/^[\x21-\x7e]*$/.test(rest)) return 'holds a space or a letter that no secret has: copy it again'
  return rest.length < secretCharactersMin ? 'is cut off after whsec_: copy the whole secret again' : undefined
}

const webhookSecrets = z.string(secretExpected).transform((text, context) => {
  const secrets = text.split(',').map(secret => secret.trim())
  const mistake = secrets.map(mistakeIn).find(found => found !== undefined)
  if (mistake === undefined) return secrets
  context.addIssue({ code: 'custom', message: mistake })
  return z.NEVER
})

const apiKey = z
  .string(keyExpected)
  .regex(/^[\x21-\x7e]{8,}$/, keyExpected)
  // The two others on the same page of the Dashboard, which can read nothing.
  .refine(key => !/^(pk|whsec)_/.test(key), keyExpected)

export const settings = z
  .object({
    STRIPE_WEBHOOK_SECRET: webhookSecrets.optional(),
    STRIPE_API_KEY: apiKey.optional(),
    STRIPE_API_URL: address(httpAddress.default('https://api.stripe.com')),
    STRIPE_TEST_MODE: word(
      z
        .enum(['true', 'false'], 'expected true or false')
        .default('false')
        .transform(text => text === 'true')
    )
  })
  .superRefine(({ STRIPE_API_KEY, STRIPE_TEST_MODE }, context) => {
    const [, mode] = /^[a-z]+_(test|live)_/.exec(STRIPE_API_KEY ?? '') ?? []
    if (mode === undefined || (mode === 'test') === STRIPE_TEST_MODE) return
    // A key sees only one mode: it would catch up with invoices of the other, and find none that is to be delivered.
    const message = STRIPE_TEST_MODE
      ? 'expected a key of test mode, because STRIPE_TEST_MODE is true'
      : 'expected a key of live mode; one of test mode needs STRIPE_TEST_MODE=true'
    context.addIssue({ code: 'custom', path: ['STRIPE_API_KEY'], message })
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

export const missingSecret = ({ STRIPE_WEBHOOK_SECRET }: Settings) =>
  STRIPE_WEBHOOK_SECRET ? null : 'STRIPE_WEBHOOK_SECRET'

export const canAsk = ({ STRIPE_API_KEY }: Settings) => STRIPE_API_KEY !== undefined

export const testMode = ({ STRIPE_TEST_MODE }: Settings) => (STRIPE_TEST_MODE ? 'STRIPE_TEST_MODE' : null)

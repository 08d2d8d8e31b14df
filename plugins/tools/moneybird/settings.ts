// What Moneybird's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress, word } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

export type Proofs = {
  /** 64 hexadecimal characters, used as they are shown: what Moneybird signs with. */
  secrets: string[]
  /** What Moneybird writes into every body as `webhook_token`. */
  tokens: string[]
}

const proofsExpected =
  'expected the secret of the webhook, 64 characters 0-9 and a-f, or its token of 24 characters; several with commas between'
const tokenExpected = 'expected an API token of Moneybird alone, without a space'
const administrationExpected = 'expected the number of the administration, as in https://moneybird.com/<number>'

/** The two look different, so neither can be taken for the other: a secret that leaks into a body opens nothing. */
export const isSigningSecret = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text)
const isToken = (text: string): boolean => /^[A-Za-z0-9_-]{24}$/.test(text)

const proofs = z
  .string(proofsExpected)
  .transform(text => text.split(',').flatMap(entry => entry.trim() || []))
  .refine(entries => entries.length > 0, proofsExpected)
  .refine(entries => entries.every(entry => isSigningSecret(entry) || isToken(entry)), proofsExpected)
  .transform((entries): Proofs => ({ secrets: entries.filter(isSigningSecret), tokens: entries.filter(isToken) }))

export const settings = z
  .object({
    MONEYBIRD_WEBHOOK_SECRET: proofs.optional(),
    MONEYBIRD_API_TOKEN: z
      .string(tokenExpected)
      .regex(/^[\x21-\x7e]{8,}$/, tokenExpected)
      .optional(),
    MONEYBIRD_ADMINISTRATION_ID: word(
      z
        .string(administrationExpected)
        .regex(/^\d{1,30}$/, administrationExpected)
        .optional()
    ),
    MONEYBIRD_API_URL: address(httpAddress.default('https://moneybird.com/api/v2'))
  })
  .superRefine(({ MONEYBIRD_API_TOKEN, MONEYBIRD_ADMINISTRATION_ID }, context) => {
    if (MONEYBIRD_API_TOKEN === undefined || MONEYBIRD_ADMINISTRATION_ID !== undefined) return
    const message = `${administrationExpected}: MONEYBIRD_API_TOKEN can open several`
    context.addIssue({ code: 'custom', path: ['MONEYBIRD_ADMINISTRATION_ID'], message })
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

export const missingSecret = ({ MONEYBIRD_WEBHOOK_SECRET }: Settings) =>
  MONEYBIRD_WEBHOOK_SECRET === undefined ? 'MONEYBIRD_WEBHOOK_SECRET' : null

export const canAsk = ({ MONEYBIRD_API_TOKEN }: Settings) => MONEYBIRD_API_TOKEN !== undefined

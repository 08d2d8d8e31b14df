// What Mollie's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress, word } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

const secretExpected = 'expected the secret of the webhook, 16 characters or more; several with commas between'
const keyExpected = 'expected an access token of Mollie, access_…, or an API key, live_…'

export const settings = z
  .object({
    MOLLIE_API_KEY: z
      .string(keyExpected)
      .regex(/^[\x21-\x7e]{8,}$/, keyExpected)
      .optional(),
    MOLLIE_WEBHOOK_SECRET: z
      .string(secretExpected)
      .transform(text => text.split(',').map(secret => secret.trim()))
      .refine(secrets => secrets.every(secret => /^[\x21-\x7e]{16,}$/.test(secret)), secretExpected)
      .optional(),
    MOLLIE_API_URL: address(httpAddress.default('https://api.mollie.com')),
    MOLLIE_TEST_MODE: word(
      z
        .enum(['true', 'false'], 'expected true or false')
        .default('false')
        .transform(text => text === 'true')
    )
  })
  .superRefine(({ MOLLIE_API_KEY: key, MOLLIE_TEST_MODE: isTest }, context) => {
    if (!isApiKey(key) || key.startsWith('test_') === isTest) return
    // A key sees only one mode: this one would find no invoice that is to be delivered.
    const message = isTest
      ? 'expected a key of test mode, because MOLLIE_TEST_MODE is true'
      : 'expected a key of live mode; one of test mode needs MOLLIE_TEST_MODE=true'
    context.addIssue({ code: 'custom', path: ['MOLLIE_API_KEY'], message })
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

/** An API key is for one profile and one mode. It sees no webhooks. */
export const isApiKey = (key: string | undefined): key is string => /^(live|test)_/.test(key ?? '')

export const missingSecret = ({ MOLLIE_WEBHOOK_SECRET }: Settings) =>
  MOLLIE_WEBHOOK_SECRET === undefined ? 'MOLLIE_WEBHOOK_SECRET' : null

export const canAsk = ({ MOLLIE_API_KEY }: Settings) => MOLLIE_API_KEY !== undefined

export const testMode = ({ MOLLIE_TEST_MODE }: Settings) => (MOLLIE_TEST_MODE ? 'MOLLIE_TEST_MODE' : null)

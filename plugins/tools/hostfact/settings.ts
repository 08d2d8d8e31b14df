// What HostFact's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress } from '../../../src/core/setting.ts'

const keyExpected = 'expected an API key of HostFact alone, without a space'
const urlExpected = 'expected the address of the API of your HostFact, such as https://host.example/Pro/apiv2/api.php'

const secretExpected = 'expected a secret of 16 characters or more, without a space; several with commas between'

export const settings = z
  .object({
    HOSTFACT_KEY: z
      .string(keyExpected)
      .regex(/^[\x21-\x7e]{8,}$/, keyExpected)
      .optional(),
    HOSTFACT_API_URL: address(httpAddress.optional()),
    HOSTFACT_WEBHOOK_SECRET: z
      .string(secretExpected)
      .transform(text => text.split(',').map(secret => secret.trim()))
      .refine(secrets => secrets.every(secret => /^[\x21-\x7e]{16,}$/.test(secret)), secretExpected)
      .optional()
  })
  .superRefine((given, context) => {
    const missing = (path: 'HOSTFACT_KEY' | 'HOSTFACT_API_URL', message: string) => {
      if (given[path] === undefined) context.addIssue({ code: 'custom', path: [path], message })
    }
    missing('HOSTFACT_KEY', keyExpected)
    missing('HOSTFACT_API_URL', urlExpected)
  })

export type Settings = z.output<typeof settings>

/** Its hints are useful, but not needed. */
export const missingSecret = () => null

export const canAsk = ({ HOSTFACT_KEY }: Settings) => HOSTFACT_KEY !== undefined

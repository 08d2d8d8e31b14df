// What HostFact's part of the environment has to look like. Pasted mistakes are named at start, never with their value.

import { z } from 'zod'
import { address, httpAddress } from '../../../src/core/setting.ts'

const keyExpected = 'expected an API key of HostFact alone, without a space'
const urlExpected = 'expected the address of the API of your HostFact, such as https://host.example/Pro/apiv2/api.php'

export const settings = z
  .object({
    HOSTFACT_KEY: z
      .string(keyExpected)
      .regex(/^[\x21-\x7e]{8,}$/, keyExpected)
      .optional(),
    HOSTFACT_API_URL: address(httpAddress.optional())
  })
  .superRefine((given, context) => {
    const missing = (path: keyof typeof given, message: string) => {
      if (given[path] === undefined) context.addIssue({ code: 'custom', path: [path], message })
    }
    missing('HOSTFACT_KEY', keyExpected)
    missing('HOSTFACT_API_URL', urlExpected)
  })

export type Settings = z.output<typeof settings>

/** It sends no webhooks that the bridge acts on. */
export const missingSecret = () => null

export const canAsk = ({ HOSTFACT_KEY }: Settings) => HOSTFACT_KEY !== undefined

// What WeFact's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress } from '../../../src/core/setting.ts'

const keyExpected = 'expected an API key of WeFact alone, without a space'

export const settings = z
  .object({
    WEFACT_KEY: z
      .string(keyExpected)
      .regex(/^[\x21-\x7e]{8,}$/, keyExpected)
      .optional(),
    WEFACT_API_URL: address(httpAddress.default('https://api.mijnwefact.nl/v2'))
  })
  .superRefine(({ WEFACT_KEY }, context) => {
    if (WEFACT_KEY === undefined) context.addIssue({ code: 'custom', path: ['WEFACT_KEY'], message: keyExpected })
  })

export type Settings = z.output<typeof settings>

/** It sends no webhooks. */
export const missingSecret = () => null

export const canAsk = ({ WEFACT_KEY }: Settings) => WEFACT_KEY !== undefined

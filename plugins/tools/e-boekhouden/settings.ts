// What e-Boekhouden's part of the environment has to look like. Pasted mistakes are reported at startup, never with
// their value. A token opens one administration, so there is nothing to choose beside it.

import { z } from 'zod'
import { address, httpAddress } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

const tokenExpected = 'expected an API token of e-Boekhouden alone, without a space'

export const settings = z
  .object({
    E_BOEKHOUDEN_TOKEN: z
      .string(tokenExpected)
      .regex(/^[\x21-\x7e]{8,}$/, tokenExpected)
      .optional(),
    E_BOEKHOUDEN_API_URL: address(httpAddress.default('https://api.e-boekhouden.nl'))
  })
  .superRefine(({ E_BOEKHOUDEN_TOKEN }, context) => {
    if (E_BOEKHOUDEN_TOKEN !== undefined) return
    context.addIssue({ code: 'custom', path: ['E_BOEKHOUDEN_TOKEN'], message: tokenExpected })
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

/** It sends no webhooks. */
export const missingSecret = () => null

export const canAsk = ({ E_BOEKHOUDEN_TOKEN }: Settings) => E_BOEKHOUDEN_TOKEN !== undefined

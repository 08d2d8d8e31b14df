// What Rompslomp's part of the environment has to look like. Pasted mistakes are reported at startup, never with their
// value.

import { z } from 'zod'
import { address, httpAddress, word } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

const tokenExpected = 'expected an API token of Rompslomp alone, without a space'
const companyExpected = 'expected the number of the company, as in the address of its pages'

export const settings = z
  .object({
    ROMPSLOMP_TOKEN: z
      .string(tokenExpected)
      .regex(/^[\x21-\x7e]{8,}$/, tokenExpected)
      .optional(),
    ROMPSLOMP_COMPANY_ID: word(
      z
        .string(companyExpected)
        .regex(/^\d{1,15}$/, companyExpected)
        .optional()
    ),
    ROMPSLOMP_API_URL: address(httpAddress.default('https://api.rompslomp.nl'))
  })
  .superRefine(({ ROMPSLOMP_TOKEN, ROMPSLOMP_COMPANY_ID }, context) => {
    const missing = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (ROMPSLOMP_TOKEN === undefined) missing('ROMPSLOMP_TOKEN', tokenExpected)
    if (ROMPSLOMP_COMPANY_ID === undefined) missing('ROMPSLOMP_COMPANY_ID', companyExpected)
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

/** It sends no webhooks. */
export const missingSecret = () => null

export const canAsk = ({ ROMPSLOMP_TOKEN }: Settings) => ROMPSLOMP_TOKEN !== undefined

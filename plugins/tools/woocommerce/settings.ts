// What WooCommerce's part of the environment has to look like. Pasted mistakes are reported at startup, never with
// their value.

import { z } from 'zod'
import { address, httpAddress } from '../../../src/core/setting.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

const secretExpected = 'expected the secret of the webhook, 16 characters or more; several with commas between'
const siteExpected = 'expected the address of the shop, such as https://winkel.example'
const keyExpected = (prefix: string) => `expected a key of the shop's REST API, ${prefix}_ and 40 characters`

const keyBeginning = (prefix: string) =>
  z.string(keyExpected(prefix)).regex(new RegExp(`^${prefix}_[0-9a-f]{40}$`), keyExpected(prefix))

export const settings = z
  .object({
    WOOCOMMERCE_URL: address(httpAddress.optional()),
    WOOCOMMERCE_KEY: keyBeginning('ck').optional(),
    WOOCOMMERCE_SECRET: keyBeginning('cs').optional(),
    WOOCOMMERCE_WEBHOOK_SECRET: z
      .string(secretExpected)
      .transform(text => text.split(',').flatMap(entry => entry.trim() || []))
      .refine(secrets => secrets.length > 0 && secrets.every(secret => secret.length >= 16), secretExpected)
      .optional()
  })
  .superRefine(({ WOOCOMMERCE_URL: url, WOOCOMMERCE_KEY: key, WOOCOMMERCE_SECRET: secret }, context) => {
    if (key === undefined && secret === undefined) return
    const missing: [string, unknown, string][] = [
      ['WOOCOMMERCE_URL', url, siteExpected],
      ['WOOCOMMERCE_KEY', key, keyExpected('ck')],
      ['WOOCOMMERCE_SECRET', secret, keyExpected('cs')]
    ]
    for (const [name, value, message] of missing)
      if (value === undefined) context.addIssue({ code: 'custom', path: [name], message })
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

export const missingSecret = ({ WOOCOMMERCE_WEBHOOK_SECRET }: Settings) =>
  WOOCOMMERCE_WEBHOOK_SECRET === undefined ? 'WOOCOMMERCE_WEBHOOK_SECRET' : null

export const canAsk = ({ WOOCOMMERCE_KEY }: Settings) => WOOCOMMERCE_KEY !== undefined

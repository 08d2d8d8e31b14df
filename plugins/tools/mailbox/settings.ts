// What the mailbox's part of the environment has to look like. Pasted mistakes are reported at startup, never with
// their value.

import { z } from 'zod'
import { address, httpAddress, word } from '../../../src/core/setting.ts'
import { isEmail } from '../../../src/tools/fields.ts'
import type { ToolConnection } from '../../../src/tools/tool.ts'

/** Where mails go. */
export const folders = { read: 'Verwerkt', unread: 'Niet gelezen' }

const urlExpected = 'expected an address that begins with imaps://, without a login in it'
const userExpected = 'expected the login of the mailbox, mostly its address'
const passwordExpected = 'expected the password of the mailbox, or EMAIL_TOKEN_URL'
const clientExpected = 'expected the id of the application that is registered at the mail host'
const grantExpected = 'expected the secret of the application, or EMAIL_REFRESH_TOKEN'
const tokenUrlExpected = 'expected the address at which a token is asked for, or none of the settings that need it'
const supplierExpected = 'expected your own Chamber of Commerce (KvK) or VAT number, as it appears on your invoices'
const sendersExpected = 'expected domains such as bookkeeping.example, with commas'
const folderExpected = `expected a folder other than ${Object.values(folders).join(' and ')}`
const receiverExpected =
  'expected the name by which your mail host signs its Authentication-Results, such as mx.example.nl'

/** Some hosts keep all folders below the inbox, and some do not tell small letters from capitals. */
const isOurs = (folder: string): boolean =>
  Object.values(folders).some(name => name.toLowerCase() === folder.toLowerCase().replace(/^inbox[./\\]/, ''))

const isImap = (text = ''): boolean => {
  const url = URL.parse(text)
  return url !== null && /^imaps?:$/.test(url.protocol) && url.hostname !== '' && url.username + url.password === ''
}

// Both have at least eight digits.
const supplierId = /^(?=(.*\d){8})[A-Za-z0-9 .-]{8,20}$/

const domain = /^([a-z0-9-]+\.)+[a-z0-9-]+$/

export const settings = z
  .object({
    EMAIL_URL: address(z.string().optional()),
    EMAIL_USER: z.string().optional(),
    EMAIL_PASSWORD: z.string().optional(),
    EMAIL_TOKEN_URL: address(httpAddress.optional()),
    EMAIL_CLIENT_ID: word(
      z
        .string()
        .regex(/^[\x21-\x7e]+$/, clientExpected)
        .optional()
    ),
    EMAIL_CLIENT_SECRET: z.string().optional(),
    EMAIL_REFRESH_TOKEN: z.string().optional(),
    EMAIL_SUPPLIER_ID: word(z.string().optional()),
    EMAIL_FOLDER: z
      .string()
      .refine(folder => !isOurs(folder), folderExpected)
      .default('INBOX'),
    EMAIL_ADDRESS: z.string().refine(isEmail, 'expected the address of the mailbox that nobody can guess').optional(),
    EMAIL_SENDERS: word(
      z
        .string()
        .transform(text => text.split(',').map(name => name.trim().toLowerCase()))
        .refine(names => names.every(name => domain.test(name)), sendersExpected)
        .optional()
    ),
    EMAIL_RECEIVER: word(
      z
        .string()
        .regex(/^[\x21-\x7e]+$/, receiverExpected)
        .transform(text => text.toLowerCase())
        .optional()
    )
  })
  .superRefine((given, context) => {
    const { EMAIL_PASSWORD, EMAIL_TOKEN_URL, EMAIL_SENDERS, EMAIL_RECEIVER } = given
    const { EMAIL_CLIENT_ID, EMAIL_CLIENT_SECRET, EMAIL_REFRESH_TOKEN } = given
    const complain = (variable: string, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message })
    if (!isImap(given.EMAIL_URL)) complain('EMAIL_URL', urlExpected)
    if (given.EMAIL_USER === undefined) complain('EMAIL_USER', userExpected)
    if (!supplierId.test(given.EMAIL_SUPPLIER_ID ?? '')) complain('EMAIL_SUPPLIER_ID', supplierExpected)
    if (EMAIL_TOKEN_URL === undefined) {
      if (EMAIL_PASSWORD === undefined) complain('EMAIL_PASSWORD', passwordExpected)
      if ([EMAIL_CLIENT_ID, EMAIL_CLIENT_SECRET, EMAIL_REFRESH_TOKEN].some(Boolean))
        complain('EMAIL_TOKEN_URL', tokenUrlExpected)
    } else {
      if (EMAIL_CLIENT_ID === undefined) complain('EMAIL_CLIENT_ID', clientExpected)
      if (EMAIL_CLIENT_SECRET === undefined && EMAIL_REFRESH_TOKEN === undefined)
        complain('EMAIL_CLIENT_SECRET', grantExpected)
    }
    if (EMAIL_SENDERS !== undefined && EMAIL_RECEIVER === undefined) complain('EMAIL_RECEIVER', receiverExpected)
    if (EMAIL_SENDERS === undefined && EMAIL_RECEIVER !== undefined)
      complain('EMAIL_SENDERS', 'expected the domains whose mails EMAIL_RECEIVER vouches for')
  })

export type Settings = z.output<typeof settings>

export type Connection = ToolConnection<Settings>

/** It sends no webhooks. */
export const missingSecret = () => null

export const canAsk = () => true

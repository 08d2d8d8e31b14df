// What is sold, and what the tools say of it: the truth that a run is judged by.

import type { Newcomer } from './newcomers.ts'
import { keyOf } from './number.ts'
import { addressOf } from './portal-customers.ts'
import type { Random } from './random.ts'
import type { Word } from './words.ts'
import type { World } from './world.ts'

/** What a tool said of a number at some time. */
export type Version = { tool: string; customerId: string; amountCents: number; issuedAt: string }

export type Sale = {
  number: string
  key: string
  /** Null: from the generic intake. */
  sourceId: string | null
  versions: Version[]
  paidAt: number | null
  /** The portal cannot take it, or not without a person. */
  oddity: 'none' | 'customer' | 'currency' | 'amount' | 'pdf' | 'test'
  notify: boolean
  /** The tool knows its customer by name and address only. */
  isByAddress: boolean
  /** The customer, where the portal does not have it at first, and whether this invoice tells all of it. */
  newcomer: Newcomer | null
  isWhole: boolean
  /** On the scheduler's clock: when the tool first told of it; null: not yet. */
  toldAt: number | null
  /** The tool brought this invoice under another number, too. */
  alias: Sale | null
  /** What the tool told the bridge of it: kept, and not forgotten since. */
  words: Word[]
  /** The tool may take back that it voided it. */
  restores: boolean
  /** A mailbox brings it, too. */
  isCopied: boolean
}

const today = '2026-11-20'

/** The tool that may make final again what it voided, and the one that brings what other tools have. */
export const shop = 'shop'
export const mailbox = 'mailbox'

export const dayBefore = (days: number): string => Temporal.PlainDate.from(today).subtract({ days }).toString()

/** Its customer's address in the portal, before any of them moved. */
export const addressIn = (version: Version): string => addressOf(customerIn(version))

export const customerIn = ({ customerId }: Version): number => Number(customerId.slice('cst_'.length))

/** The address by which its portal customer has to be found; null: the tool names the portal's id. */
export const addressToFind = (
  { newcomer, isByAddress, oddity, versions }: Sale,
  version = versions[0]!
): string | null => {
  if (newcomer) return newcomer.email
  return isByAddress || oddity === 'customer' ? addressIn(version) : null
}

/** The tool's own word for its customer. */
export const refOf = ({ newcomer, versions }: Sale, { customerId } = versions[0]!): string =>
  newcomer?.ref ?? `ref-${customerId}`

export const toolOf = ({ versions: [version] }: Sale): string | undefined => version?.tool

/** Numbers from one book: in order or at random, never one twice. */
export const createNumbers = (random: Random, sequential: boolean): (() => string) => {
  const taken = new Set<number>()
  let last = 100
  return () => {
    last = sequential ? last + 1 : random.int(100, 999)
    while (taken.has(last)) last += 1
    taken.add(last)
    return `F2026-${last}`
  }
}

export const createSales = ({ weather, random, newcomers }: World, numberOf: () => string): Sale[] => {
  const { tool } = weather
  return Array.from({ length: weather.invoices }, () => {
    const number = numberOf()
    const issuedAt = random.chance(tool.backdated) ? dayBefore(random.int(1, 40)) : today
    const oddity = random.chance(tool.odd)
      ? random.pick(['customer', 'currency', 'amount', 'pdf', 'test'] as const)
      : 'none'
    const amountCents = random.int(1, 500) * 100 + random.pick([0, 5, 95])
    const customer = random.int(1, 5)
    const newcomer = newcomers.length > 0 && random.chance(tool.newcomers) ? random.pick(newcomers) : null
    const isPlain = newcomer === null && oddity !== 'test'
    const restores = tool.restored > 0 && isPlain && random.chance(tool.restored)
    return {
      number,
      key: keyOf(number),
      sourceId: random.chance(0.6) || restores ? `src-${number}` : null,
      versions: [
        {
          tool: restores ? shop : random.pick(['stripe', 'invoices']),
          customerId: `cst_${customer}`,
          amountCents: oddity === 'amount' ? random.pick([0, -amountCents]) : amountCents,
          issuedAt
        }
      ],
      paidAt: null,
      oddity,
      notify: random.chance(0.5),
      isByAddress: random.chance(tool.byAddress) && newcomer === null,
      newcomer,
      isWhole: newcomer === null || random.chance(0.9),
      toldAt: null,
      alias: null,
      words: [],
      restores,
      isCopied: tool.copied > 0 && isPlain && random.chance(tool.copied)
    }
  })
}

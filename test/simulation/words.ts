// What a tool said of an invoice over time: final, voided, and perhaps final again. From this, and from what people
// said since, follows what may be sent. The judge knows no more of it than that.

import type { CreateBody } from '../../src/core/row.ts'
import type { Sale } from './sales.ts'
import type { World } from './world.ts'

/** `saidAt`: by the tool; `toldAt`: when the bridge was told, and kept it. Both on the scheduler's clock. */
export type Word = { isVoid: boolean; saidAt: number; toldAt: number }

/** The void that stands: of a tool that may take it back, the latest word; of another, any void. */
const voidOf = ({ words, restores }: Sale): Word | undefined => {
  const latestFirst = words.toSorted((a, b) => b.saidAt - a.saidAt)
  return (restores ? latestFirst.slice(0, 1) : latestFirst).find(({ isVoid }) => isVoid)
}

/** As far as the bridge was told. */
export const isVoided = (sale: Sale): boolean => voidOf(sale) !== undefined

/** A person knew of this void and had the invoice delivered all the same: told again, it is no news. */
export const isKnown = (
  { voidedAllTheSame }: World,
  { key, restores }: Sale,
  { saidAt }: Pick<Word, 'saidAt'>
): boolean => {
  const knownAt = voidedAllTheSame.get(key) ?? 0
  return knownAt > 0 && (!restores || saidAt <= knownAt)
}

/** A correction, and what another tool has under this number, is another invoice. */
export const isOne = ({ versions, alias }: Sale): boolean => versions.length === 1 && alias === null

/** Why this may not be sent; null: nothing that the bridge was told speaks against it. */
export const voidedFor = (world: World, sale: Sale, body: CreateBody): string | null => {
  const { spoken } = world
  const { versions, alias, key } = sale
  const [version, ...others] = versions
  const isCorrected = others.some(({ tool }) => tool === version?.tool)
  const isIt = version?.issuedAt === body.issuedAt && version.amountCents === Math.round(Number(body.amount) * 100)
  const word = isIt && !isCorrected && alias === null ? voidOf(sale) : undefined
  // People may have it delivered all the same.
  if (word === undefined || (spoken.get(key) ?? 0) > word.toldAt || isKnown(world, sale, word)) return null
  return `its tool voided it, and the bridge was told so at ${Math.round(word.toldAt)}`
}

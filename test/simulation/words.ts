// What a tool said of an invoice over time: what it is, that it is void, final again, or another than it was. From this,
// and from what people said since, follows what may be sent. The judge knows no more of it than that.
//
// What its owner wants. A shop dates its words, and the latest counts, however late an earlier one comes: what is void
// is not sent; what was corrected is not sent as it was; what is final in the end is sent, or waits for a person. If it
// was sent before, it stays there once, and a person is told. Other tools have no dates: any void counts. A void that
// names only the tool's id says nothing of a number until the tool has told which that is; then it counts as any other,
// for a copy by mail, too. And who had it delivered after that, or although they knew of the void, has the last word. Who
// takes what a mail brought, instead, says that it is another invoice.

import type { CreateBody } from '../../src/core/row.ts'
import { addressIn, type Sale, type Version } from './sales.ts'
import type { World } from './world.ts'

/** `saidAt`: by the tool; `toldAt`: when the bridge was told, and kept it. Both on the scheduler's clock. */
export type Word = { isVoid: boolean; isById: boolean; version: Version; saidAt: number; toldAt: number }

/** The word that counts: of a tool that dates them, the latest; of another, any void. Null: nothing is known of it. */
const wordOn = ({ words, restores }: Sale): Word | null => {
  const namedAt = Math.min(...words.filter(({ isById }) => !isById).map(({ toldAt }) => toldAt))
  const latestFirst = words.toSorted((a, b) => b.saidAt - a.saidAt)
  const word = restores ? latestFirst[0] : latestFirst.find(({ isVoid }) => isVoid)
  if (word === undefined || namedAt === Number.POSITIVE_INFINITY) return null
  return { ...word, toldAt: Math.max(word.toldAt, namedAt) }
}

/** As far as the bridge was told. */
export const isVoided = (sale: Sale): boolean => wordOn(sale)?.isVoid ?? false

/** A person knew of this void and had the invoice delivered all the same: told again, or without a date, it is no news. */
export const isKnown = (
  { voidedAllTheSame }: World,
  { key, restores }: Sale,
  { saidAt, isById }: Pick<Word, 'saidAt' | 'isById'>
): boolean => {
  const knownAt = voidedAllTheSame.get(key) ?? 0
  return knownAt > 0 && (!restores || isById || saidAt <= knownAt)
}

/** A correction, and what another tool has under this number, is another invoice. */
export const isOne = ({ versions, alias }: Sale): boolean => versions.length === 1 && alias === null

type Terms = Pick<Version, 'amountCents' | 'issuedAt'>

export const hasTerms = (one: Terms, other: Terms): boolean =>
  one.amountCents === other.amountCents && one.issuedAt === other.issuedAt

type Sent = Terms & { customerId: string }

/** Its tool says by now that amount, date or customer are others. */
export const isCorrected = (world: World, sale: Sale, sent: Sent): boolean => {
  const word = sale.restores ? wordOn(sale) : null
  if (word === null || word.isVoid) return false
  return !isSentAs(world, word.version, sent)
}

/** Of this amount, date and customer. */
const isSentAs = ({ portal }: World, version: Version, sent: Sent): boolean =>
  hasTerms(version, sent) && portal.customers.ownersSince(addressIn(version), 0).includes(sent.customerId)

/** Null: its words are not dated. */
export const amountNow = (sale: Sale): number | null =>
  sale.restores ? (wordOn(sale)?.version.amountCents ?? null) : null

/** When the bridge heard it first. What a shop merely says again, under a later date, is no news. */
const heardAt = ({ words, restores }: Sale, { isVoid, version, toldAt }: Word): number => {
  if (!restores || isVoid) return toldAt
  // What came after it, and was said before it, was out of date by then.
  const latestFirst = words.filter(word => word.toldAt <= toldAt).toSorted((a, b) => b.saidAt - a.saidAt)
  const others = latestFirst.findIndex(word => word.isVoid || !isSame(word.version, version))
  return Math.min(toldAt, ...latestFirst.slice(0, others < 0 ? undefined : others).map(word => word.toldAt))
}

const isSame = (one: Version, other: Version): boolean => hasTerms(one, other) && one.customerId === other.customerId

/** Why this may not be sent; null: nothing that the bridge was told speaks against it. */
export const whyNot = (world: World, sale: Sale, body: CreateBody): string | null => {
  const { words, versions, alias, key, restores } = sale
  const sent = { ...body, amountCents: Math.round(Number(body.amount) * 100) }
  const word = wordOn(sale)
  if (word === null || alias !== null || world.mailTaken.has(key)) return null
  // Without dates, what is corrected may be another invoice; and so may what a mail brings with facts of its own.
  const isCorrectedUndated = !restores && versions.filter(({ tool }) => tool === word.version.tool).length > 1
  if (isCorrectedUndated || !words.some(({ version }) => isSentAs(world, version, sent))) return null
  // People may have it delivered all the same.
  if ((world.spoken.get(key) ?? 0) > heardAt(sale, word) || isKnown(world, sale, word)) return null
  const why = word.isVoid ? 'voided' : isCorrected(world, sale, sent) ? 'corrected' : null
  return why && `its tool ${why} it, and the bridge was told so at ${Math.round(word.toldAt)}`
}

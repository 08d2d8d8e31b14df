// How a loan or a doubt ends: loads what is known, lets the rules judge (rules/ending.ts), and writes their answer.

import type { Decision } from '../core/row.ts'
import { believe, end } from '../rules/ending.ts'
import { overruledUpTo } from '../rules/kept.ts'
import type { KeptRow } from './cells.ts'
import { hasOpenConflict } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { countDelivery } from './pace.ts'
import { enter, idsUnder, knewBy } from './portal-invoices.ts'
import { apply, findRow, rowOfNumber, setRow } from './rows.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>

const believable = async (tx: Tx, kept: KeptRow, decision: Delivered): Promise<Decision> => {
  const { how, holding } = decision
  const holder = await findRow(tx, 'portal_id = ?', holding.id)
  const isAsked = how === 'created' && kept.sentAfter !== null
  return believe(kept, decision, {
    isAnothers: holder !== undefined && holder.id !== kept.id,
    wasThere: isAsked && (await knewBy(tx, holding.id, kept.sentAfter as number)),
    isNumberKnown: holding.invoiceNumber !== null && (await rowOfNumber(tx, holding.invoiceNumber)) !== undefined
  })
}

/** Enters the portal's answer into the copy, which may show that the invoice stands there twice. */
const enterHolding = async (tx: Tx, kept: KeptRow, { holding, how }: Delivered): Promise<void> => {
  await enter(tx, holding, { read: null, own: how === 'created' })
  // The portal may show the invoice itself under another number than it was sent with.
  const isBesideOthers = (await idsUnder(tx, kept.key, overruledUpTo(kept))).some(id => id !== holding.id)
  if (isBesideOthers && !kept.voided) await setRow(tx, kept.id, { code: 'PORTAL_DUPLICATE' })
}

/** Answers what came of it; for a delivered row, with the note that it now carries. */
export const conclude = async (tx: Tx, kept: KeptRow, told: Decision, isLooked: boolean): Promise<Decision> => {
  const decision = told.to === 'delivered' ? await believable(tx, kept, told) : told
  const hasConflict = await hasOpenConflict(tx, kept.id)
  const { now, owner } = tx
  await apply(tx, kept.id, end(kept, decision, { now, owner, isLooked, hasConflict }))
  if (decision.to === 'paid') await enter(tx, decision.holding, { read: null, own: false })
  if (decision.to !== 'delivered') return decision
  await enterHolding(tx, kept, decision)
  await countDelivery(tx, kept.id)
  return { ...decision, code: (await findRow(tx, 'id = ?', kept.id))?.code ?? null }
}

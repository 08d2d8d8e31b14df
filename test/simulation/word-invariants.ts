// What has to be true of invoices that their tools voided, restored, or brought by two ways.

import type { Cells } from '../../src/ledger/driver.ts'
import type { Machine } from './machine.ts'
import type { People } from './people.ts'
import type { Sale } from './sales.ts'
import { amountNow, isOne, isVoided } from './words.ts'
import type { World } from './world.ts'

type Minded = { world: World; machine: Machine; people: People }

/**
 * What is final in the end was not dismissed as voided, what is void waits for nobody, and nobody is asked whether one
 * invoice is two. By its number alone, a void that comes too early is not known.
 */
export const judgeWords = ({ world, machine, people }: Minded, sale: Sale, { id, state, code }: Cells): void => {
  const { number, key, alias, sourceId, oddity } = sale
  // Under its other number, it may go on there.
  const isElsewhere =
    alias && (isVoided(alias) || people.decided.has(alias.key) || stateOf(machine, alias.key) !== 'dismissed')
  const isDue = !isVoided(sale) && !isElsewhere
  if (state === 'dismissed' && code === 'VOIDED_IN_TOOL' && isDue)
    world.fail(`${number} is dismissed as voided, and its tool says that it is final`)
  const isDecided = people.decided.has(key)
  const isOwed = !isVoided(sale) && (amountNow(sale) ?? 0) !== 0
  if (state === 'dismissed' && code === 'ZERO_AMOUNT' && !isDecided && isOwed)
    world.fail(`${number} is dismissed as zero, and its tool says otherwise`)
  if (!isOne(sale)) return
  if (state === 'held' && isVoided(sale) && !isDecided && sourceId !== null && oddity !== 'test')
    world.fail(`${number} was voided, and is held as ${code}`)
  if (
    machine.disk
      .database()
      .prepare('SELECT 1 FROM conflict WHERE invoice_id = ?')
      .get(id as number) !== undefined
  )
    world.fail(`${number} is one invoice, and a person is asked which counts`)
}

const stateOf = ({ disk }: Machine, key: string): unknown =>
  disk.database().prepare('SELECT state FROM invoice WHERE key = ?').get(key)?.state

// What has to be true once the storm is over and the bridge has come to rest.

import { warningsIn } from '../../src/health/health.ts'
import { keptOf } from '../../src/ledger/cells.ts'
import type { Cells } from '../../src/ledger/driver.ts'
import { isWhose, judgeCustomersMade, wronglyHeld } from './customer-invariants.ts'
import type { Machine } from './machine.ts'
import { keyOf } from './number.ts'
import type { People } from './people.ts'
import type { Entry } from './portal.ts'
import { addressToFind, mailbox, type Sale } from './sales.ts'
import { isAlive } from './scheduler.ts'
import type { Tools } from './tool.ts'
import { judgeWords } from './word-invariants.ts'
import { hasTerms, isCorrected, isVoided } from './words.ts'
import type { World } from './world.ts'

export type Scene = { world: World; machine: Machine; tools: Tools; people: People }

const rowsOf = ({ disk }: Machine): Map<string, Cells> => {
  const rows = disk.database().prepare('SELECT * FROM invoice').all() as Cells[]
  return new Map(rows.map(row => [row.key as string, row]))
}

export const judge = (scene: Scene): void => {
  const rows = rowsOf(scene.machine)
  for (const sale of scene.tools.sales) judgeAlias(scene, sale)
  for (const sale of scene.tools.sales) judgeSale(scene, sale, rows.get(sale.key))
  judgeStrays(scene)
  judgeCustomersMade(scene.world)
  judgeBudget(scene)
}

const entriesOf = ({ world }: Scene, key: string): Entry[] =>
  world.portal.entries.filter(entry => keyOf(entry.asked) === key)

const isSaid = (scene: Scene, entry: Entry, sale: Sale): boolean =>
  sale.versions.some(version => isWhose(scene, entry, sale, version) && hasTerms(version, entry))

const factsOf = ({ customerId, amountCents, issuedAt }: Entry): string => `${customerId} ${amountCents} ${issuedAt}`

const judgeSale = (scene: Scene, sale: Sale, row: Cells | undefined): void => {
  const { world, tools, people } = scene
  const { fail } = world
  if (!row) {
    if (tools.acknowledged.has(sale.key)) fail(`${sale.number} was acknowledged and is not known`)
    return
  }
  const entries = entriesOf(scene, sale.key)
  const living = entries.filter(({ deletedAt }) => deletedAt === null)
  const ours = living.filter(({ by }) => by === 'bridge')
  const code = row.code as string | null
  judgeWords(scene, sale, row)

  // A person who has seen what stands there can ask for one more, with other facts.
  const facts = ours.map(factsOf)
  if (ours.length > 1 && !(people.overridden.has(sale.key) && new Set(facts).size === ours.length))
    fail(`${sale.number} stands in the portal ${ours.length} times: ${ours.map(({ id }) => id).join(', ')}`)
  if (living.length > 1) judgeBeside(scene, sale, living, code)

  // The bridge may have had to make again what people deleted: it cannot know that it was there.
  const deleted = entries.filter(({ by, deletedAt }) => by === 'bridge' && deletedAt !== null).length
  const mailed = entries.filter(entry => entry.by === 'bridge' && entry.mailed)
  const others = people.overridden.has(sale.key) ? new Set(mailed.map(factsOf)).size - 1 : 0
  if (mailed.length > 1 + deleted + others) fail(`${sale.number} was mailed ${mailed.length} times`)

  switch (row.state) {
    case 'delivered':
      judgeDelivered(scene, sale, row)
      return
    case 'held':
      if (code === null) fail(`${sale.number} is held without a code`)
      judgeHeld(scene, sale, row)
      return
    case 'dismissed':
      return
    default:
      fail(`${sale.number} is still ${row.state}`)
  }
}

const judgeHeld = (scene: Scene, sale: Sale, row: Cells): void => {
  const why = wronglyHeld(scene, sale, row)
  if (why !== null) scene.world.fail(`${sale.number} is held as ${row.code}, ${why}`)
}

/** Invoices that a reading of the portal's customers should release. */
export const waitsForCustomer = (scene: Scene): boolean => {
  if (scene.world.newcomers.length === 0) return false
  const rows = rowsOf(scene.machine)
  return scene.tools.sales.some(sale => {
    const row = rows.get(sale.key)
    return row !== undefined && wronglyHeld(scene, sale, row) !== null
  })
}

const firstSentAt = ({ sent }: World, key: string): number =>
  sent.find(({ body }) => keyOf(body.invoiceNumber) === key)?.at ?? Number.POSITIVE_INFINITY

/** One invoice that a tool brings under two numbers stands there once, unless a person says otherwise. */
const judgeAlias = (scene: Scene, sale: Sale): void => {
  const { alias, number, key, versions } = sale
  if (alias === null || alias.number.length < number.length) return
  const { world, people } = scene
  const isThere = (of: string) =>
    entriesOf(scene, of).some(({ by, deletedAt }) => by === 'bridge' && deletedAt === null)
  const isDecided = people.decided.has(key) || people.decided.has(alias.key)
  // Another tool may have sent an invoice of its own under the first number; then this one never went out under it.
  if (new Set(versions.map(({ tool }) => tool)).size > 1) return
  const later = Math.max(...[key, alias.key].map(of => firstSentAt(world, of)))
  // A void by the tool's id alone names no number.
  const [told, toldAlias] = [sale, alias].map(({ words }) =>
    Math.min(...words.filter(({ isById }) => !isById).map(({ toldAt }) => toldAt))
  )
  const isKnown = told! < later && toldAlias! < later
  if (isKnown && isThere(key) && isThere(alias.key) && !isDecided && world.era === 0)
    world.fail(`${number} stands in the portal under ${alias.number}, too`)
}

/** A person entered the same number by hand. */
const judgeBeside = ({ world, people }: Scene, sale: Sale, living: Entry[], code: string | null): void => {
  const ours = living.filter(({ by }) => by === 'bridge')
  const typed = living.filter(({ by }) => by === 'people')
  if (ours.length === 0 || people.overridden.has(sale.key)) return
  // The bridge knows what stood there before it began, and from the next sweep on what came later.
  if (typed.some(({ addedAt }) => addedAt === 0))
    world.fail(`${sale.number} was made although it stood there before the bridge began`)
  if (code === null && !people.decided.has(sale.key))
    world.fail(`${sale.number} stands there twice, and nobody is told`)
}

const judgeDelivered = (scene: Scene, sale: Sale, row: Cells): void => {
  const { world, people } = scene
  const { fail } = world
  const entry = world.portal.entries.find(({ id }) => id === row.portal_id)
  const { invoice } = keptOf(row)
  if (!entry) {
    fail(`${sale.number} is delivered as ${row.portal_id}, which never was`)
    return
  }
  const isRight =
    keyOf(entry.asked) === sale.key &&
    (addressToFind(sale) !== null || row.tool === mailbox || entry.customerId === invoice.customer.portalId) &&
    entry.amountCents === invoice.amountCents &&
    entry.issuedAt === invoice.issuedAt
  // Another invoice may have been made under its number: then a person is told, and that it is gone if it was deleted.
  const isGone = row.code === 'DELETED_IN_PORTAL' && entry.deletedAt !== null
  if (!isRight && row.code !== 'INVOICE_CONFLICT' && !isGone)
    fail(`${sale.number} is delivered as ${entry.id}, which is ${factsOf(entry)}: ${JSON.stringify(invoice)}`)
  // A rolled-back ledger may hear that it is voided before it gets the invoice, and a correction that is not dated is
  // about another one.
  const isTold = row.code !== null || people.decided.has(sale.key) || world.era > 0
  if (isVoided(sale) && !isTold && (sale.versions.length === 1 || sale.restores))
    fail(`${sale.number} was voided, stands there, and nobody is told`)
  if (isCorrected(world, sale, entry) && !isTold)
    fail(`${sale.number} was corrected, stands there as it was, and nobody is told`)
  if (row.code === 'DELETED_IN_PORTAL' && entry.deletedAt === null)
    fail(`${sale.number} is said to be deleted, and stands there as ${entry.id}`)
  // If it could not be marked there is a note, unless a person has cleared it.
  const isMarked = entry.paidAt !== null || row.code !== null || people.decided.has(sale.key)
  if (invoice.paidAt !== null && !isMarked && entry.deletedAt === null)
    fail(`${sale.number} is paid, and the portal does not know`)
  const isPeoples = entry.paidByPeopleAt !== null && !entry.overwritten
  if (entry.paidAt !== null && entry.paidAt !== sale.paidAt && !isPeoples)
    fail(`${sale.number} is paid at another time`)
  if (entry.overwritten) fail(`${sale.number} was paid already, and marked again`)
  // A borrower whose loan ran out during the call may ask once more than it knows.
  const { engines, loanMs, timeoutMs } = world.weather.bridge
  const isShown = world.weather.portal.dropsPaid !== 'always'
  if (isShown && entry.marks > 1 && engines * world.machines === 1 && loanMs > 2 * timeoutMs)
    fail(`${sale.number} was marked paid ${entry.marks} times`)
}

/** Nothing stands in the portal that no tool sent, and nothing with another's PDF. */
const judgeStrays = (scene: Scene): void => {
  const { world, tools } = scene
  for (const entry of world.portal.entries) {
    if (entry.by !== 'bridge') continue
    const sale = tools.sales.find(({ key }) => key === keyOf(entry.asked))
    if (!sale || !isSaid(scene, entry, sale)) world.fail(`${entry.id} was sent by no tool: ${factsOf(entry)}`)
    else if (entry.pdf?.split(' ')[0] !== sale.key) world.fail(`${entry.id} has another's PDF: ${entry.pdf}`)
  }
}

// A sign of life is at most three seconds late, and a process that gave none for twelve is dead.
const aliveMs = 16_000
const glanceMs = 1000

/** What a dead machine had borrowed goes on elsewhere, as soon as another one has been awake for long enough. */
export const watchLoans = (world: World, { disk }: Machine): void => {
  const { scheduler, storm, life, weather, fail } = world
  const glance = (): void => {
    if (!storm.rages) return
    const now = scheduler.now()
    const lent = disk.database().prepare('SELECT key, loan_owner FROM invoice WHERE loan_until IS NOT NULL').all()
    for (const { key, loan_owner: owner } of life.awakeForMs() > aliveMs ? lent : []) {
      const since = life.deadSince(String(owner))
      if (since !== null && now - since > aliveMs)
        fail(`${key} is on loan to ${owner}, which died ${now - since} ms ago`)
    }
    scheduler.after(glanceMs, glance)
  }
  // A sign of life that finds the disk full comes late.
  if (weather.diskFails === 0) scheduler.after(glanceMs, glance)
}

const minute = 60_000

/** No span of 60 seconds, wherever it begins, holds more requests than the budget. */
const judgeBudget = ({ world }: Scene): void => {
  const { requests, weather, fail } = world
  const { perMinute } = weather.bridge
  for (const [index, { sentAt, era }] of requests.entries()) {
    const first = requests[index - perMinute]
    if (first && first.era === era && sentAt - first.sentAt < minute)
      fail(`${perMinute + 1} requests within ${sentAt - first.sentAt} ms, at ${Math.round(sentAt)}`)
  }
}

// By then anything that is late is late for the owner, too.
const silentMsMax = 60 * minute

/** Nothing goes wrong in silence: while an invoice is not where it should be, health does not say that all is well. */
export const watchSilence = (scene: Scene): void => {
  const process = scene.machine.running()
  if (!process) return
  const { world } = scene
  const wrong = wrongNow(scene)
  if (wrong === undefined) return
  process.health().then(
    checks => {
      const isTold = warningsIn(checks).length > 0 || Object.values(checks).flat().some(isFailed)
      if (!isTold && wrongNow(scene) === wrong && isAlive(process.owner))
        world.fail(`${wrong.number} is missing, or there twice, and health says that all is well`)
    },
    () => {}
  )
}

const isFailed = ({ status }: { status: string }): boolean => status === 'fail'

const wrongNow = (scene: Scene): Sale | undefined => {
  const { world, tools, people } = scene
  const now = world.scheduler.now()
  return tools.sales.find(sale => {
    if (!tools.acknowledged.has(sale.key) || people.decided.has(sale.key) || isVoided(sale)) return false
    if (sale.alias !== null || sale.toldAt === null || now - sale.toldAt < silentMsMax) return false
    const entries = entriesOf(scene, sale.key)
    // Only the next full reading sees what people take away, or put beside it.
    if (entries.some(({ by, deletedAt }) => by === 'people' || deletedAt !== null)) return false
    return entries.length !== 1 && sale.oddity === 'none'
  })
}

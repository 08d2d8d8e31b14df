// The accounting tools: webhooks that come twice, late, out of order and corrected, repeated until they are
// acknowledged; and everything again after the bridge's ledger was rolled back, as catch-up asks for it.

import { BridgeError } from '../../src/core/errors.ts'
import { formatAmount } from '../../src/core/invoice.ts'
import type { Arrival } from '../../src/core/row.ts'
import type { Machine, Running } from './machine.ts'
import { keyOf, writings } from './number.ts'
import { epoch } from './portal.ts'
import { addressToFind, dayBefore, mailbox, refOf, type Sale, toolOf, type Version } from './sales.ts'
import type { Owner } from './scheduler.ts'
import { type Event, invoiceOf, mayBring, tellingOf } from './telling.ts'
import { isKnown, isVoided, type Word, whyNot } from './words.ts'
import type { World } from './world.ts'

export interface Tools {
  sales: Sale[]
  /** Numbers whose event was answered 200 by a ledger that is still believed. */
  acknowledged: ReadonlySet<string>
  /** What the bridge knows of by now, as a copy of its disk does. */
  told: () => ReadonlyMap<Sale, Word[]>
  /** When the bridge asks what it missed, and knows of no more than it was told by then. */
  catchUp: (told: ReadonlyMap<Sale, Word[]>) => void
  allAcknowledged: () => boolean
  sell: (sale: Sale, at: number) => void
  /** For the bridge: a PDF from its address. */
  fetchPdf: (url: string, owner: Owner) => Promise<string>
}

// A sender that hears nothing for this long gives up, and sends again later.
const patienceMs = 10_000

// What an event, or an answer, takes on its way.
const wayMsMax = 50

/** By its id it is known, if only to be remembered. */
const remembered = (result: string): string => (result === 'ignored' ? 'remembered' : result)

export const createTools = (world: World, machine: () => Machine): Tools => {
  const { scheduler, random, weather, storm, tell } = world
  const events: Event[] = []
  const sales: Sale[] = []
  const acknowledged = new Set<string>()
  let documents = 0

  // A link holds for all invoices of the customer that it was made for.
  world.firstTold = one =>
    Math.min(
      ...sales
        .filter(
          sale =>
            addressToFind(sale) === addressToFind(one) && refOf(sale) === refOf(one) && toolOf(sale) === toolOf(one)
        )
        .map(({ toldAt }) => toldAt ?? Number.POSITIVE_INFINITY)
    )

  world.whyNot = body => {
    const sale = sales.find(({ key }) => key === keyOf(body.invoiceNumber))
    return sale ? whyNot(world, sale, body) : null
  }

  const arrivalOf = (event: Event): Arrival => {
    const { sale, version, withDocument, voided, isCopy } = event
    documents += 1
    return {
      tool: isCopy ? mailbox : version.tool,
      invoice: invoiceOf(event),
      document: withDocument ? machine().disk.write(`${sale.key} ${documents}`) : null,
      notify: sale.notify,
      test: sale.oddity === 'test',
      voided
    }
  }

  const sendLater = (event: Event, withinMs: number): void =>
    void scheduler.after(random.int(1, withinMs), () => send(event))

  /**
   * A shop says that it has an invoice no more when it is asked: of that moment, and after all that it said before. By
   * then it may have said something else since.
   */
  const mayBeAsked = (event: Event): 'yes' | 'not yet' | 'no more' => {
    if (!event.isById || !event.sale.restores) return 'yes'
    const { saidAt, sale } = event
    const others = events.filter(other => other.sale === sale && !other.isCopy)
    if (others.some(other => other.saidAt > saidAt && other.saidAt <= scheduler.now() + wayMsMax)) return 'no more'
    return others.some(other => other.saidAt < saidAt && !other.acknowledged) ? 'not yet' : 'yes'
  }

  const send = (event: Event): void => {
    if (event.acknowledged) return
    const answer = mayBeAsked(event)
    if (answer === 'no more') {
      event.acknowledged = true
      return
    }
    if (answer === 'not yet') return sendLater(event, 5000)
    const target = machine().running()
    if (!target) {
      sendLater(event, 15_000)
      return
    }
    let over = false
    const again = () => {
      if (over) return
      over = true
      sendLater(event, 20_000)
    }
    scheduler.after(patienceMs, again)
    const deliver = async (): Promise<void> => {
      // Meanwhile the process may have been frozen.
      if (mayBeAsked(event) !== 'yes') return again()
      try {
        const { era } = world
        const toldAt = scheduler.now()
        event.sale.toldAt ??= toldAt
        if (event.releasedBefore === null) event.releasedBefore = world.released.get(event.sale.key)
        const result = await keep(event, target)
        if (era === world.era && result !== 'ignored') heed(event, toldAt)
        world.onKept()
        tell(() => `${tellingOf(event)} ${result}`)
        scheduler.after(
          random.int(1, wayMsMax),
          () => {
            over = true
            event.acknowledged = true
            acknowledged.add(event.sale.key)
          },
          target.owner
        )
      } catch (error) {
        if (!(error instanceof BridgeError)) world.fail(`an event is refused: ${(error as Error).stack}`)
        again()
      }
    }
    scheduler.after(random.int(1, wayMsMax), () => void deliver(), target.owner)
  }

  /** The tool's own word; not that of a copy, and not that of another tool, which means an invoice of its own. */
  const heed = ({ sale, version, voided, isById, isCopy, releasedBefore, ...event }: Event, toldAt: number): void => {
    const { words, key, alias, restores } = sale
    const saidAt = isById && restores ? toldAt : event.saidAt
    const wasTold = words.some(word => word.isVoid === voided && word.isById === isById && word.saidAt === saidAt)
    if (isCopy || version.tool !== toolOf(sale) || wasTold) return
    const word = { isVoid: voided, isById, version, saidAt, toldAt }
    words.push(word)
    // Its other number has the same id.
    if (isById) alias?.words.push(word)
    const released = world.released.get(key)
    // While it is in doubt, the void is only taken back, and the word by which it was sent stays.
    const row = machine().disk.database().prepare('SELECT state FROM invoice WHERE key = ?').get(key)
    const isNews = voided && row?.state !== 'sending' && isVoided(sale) && !isKnown(world, sale, word)
    // Another tool's invoice may have the number.
    const isIts = released?.issuedAt === version.issuedAt && released.amount === formatAmount(version.amountCents)
    if (isNews && isIts && released === releasedBefore) world.outdated.set(key, released)
  }

  /**
   * A tool with its own ids for invoices brings them as its own; others send an arrival that says everything itself.
   */
  const keep = async (event: Event, { ledger, receive, receiveFromTool, gone, clock }: Running): Promise<string> => {
    const { written, voided, isById, sale, version } = event
    if (isById && sale.sourceId !== null)
      return remembered((await gone(version.tool, sale.sourceId, clock.now())).result)
    const arrival = arrivalOf(event)
    const { tool, invoice, document } = arrival
    const isKnown = await ledger.isKnown(written)
    if (invoice.sourceId !== null && document === null && !arrival.test) {
      const toolInvoice = {
        invoice,
        stage: voided ? 'voided' : 'final',
        finalisedAt: null,
        collectsItself: false
      } as const
      const { result } = await receiveFromTool(tool, toolInvoice, { now: clock.now(), anyAge: true })
      return remembered(result)
    }
    // As in the generic intake: an invoice that is voided before the bridge knows it is ignored.
    return voided && !isKnown ? 'ignored' : receive(arrival, clock.now())
  }

  type Planned = Pick<Event, 'sale' | 'version' | 'paidAt' | 'at'> &
    Partial<Pick<Event, 'voided' | 'saidAt' | 'isCopy' | 'isById'>>

  const plan = (event: Planned): void => {
    const { number } = event.sale
    const planned: Event = {
      voided: false,
      saidAt: event.at,
      isCopy: false,
      isById: false,
      releasedBefore: null,
      ...event,
      written: random.chance(0.15) ? random.pick(writings)(number).trim() : number,
      withDocument: !event.voided && event.sale.oddity !== 'pdf' && random.chance(0.5) && mayBring(event),
      acknowledged: false
    }
    events.push(planned)
    scheduler.at(event.at, () => send(planned))
  }

  const correctionOf = (version: Version): Version =>
    random.chance(0.7)
      ? { ...version, amountCents: version.amountCents + 100 }
      : { ...version, issuedAt: dayBefore(random.int(41, 60)) }

  const sell = (sale: Sale, at: number): void => {
    const { tool } = weather
    const [version] = sale.versions
    if (!version) return
    sales.push(sale)
    const later = () => at + random.int(0, Math.round(weather.stormMs / 2))
    const paidAt = storm.rages && random.chance(tool.paid) ? Math.floor(epoch / 1000) * 1000 : null
    const paidAtOnce = paidAt !== null && random.chance(0.3)
    sale.paidAt = paidAt
    plan({ sale, version, paidAt: paidAtOnce ? paidAt : null, at })
    if (!storm.rages) return
    while (random.chance(tool.duplicates * 0.7)) plan({ sale, version, paidAt: null, at: later(), saidAt: at })
    if (paidAt !== null && !paidAtOnce) plan({ sale, version, paidAt, at: later(), saidAt: at })
    if (sale.isCopied) copy(sale, version, at)
    if (sale.restores && random.chance(tool.renumbered)) renumber(sale, at)
    if (sale.restores) return waver(sale, version, at)
    if (random.chance(tool.corrections)) {
      const correction = correctionOf(version)
      sale.versions.push(correction)
      plan({
        sale,
        version: correction,
        paidAt: null,
        at: random.chance(0.5) ? at + random.int(0, 5000) : later()
      })
    }
    if (random.chance(tool.voidedFirst) && sale.sourceId !== null)
      plan({
        sale,
        version,
        paidAt: null,
        at: Math.max(0, at - random.int(1, 5000)),
        voided: true,
        isById: isById(sale)
      })
    if (random.chance(tool.renumbered) && sale.sourceId !== null && sale.alias === null) renumber(sale, at)
    if (random.chance(tool.voided))
      plan({ sale, version, paidAt: null, at: later(), voided: true, isById: isById(sale) })
    if (random.chance(tool.otherTools)) {
      const other = { ...version, tool: 'other', amountCents: version.amountCents + 777 }
      sale.versions.push(other)
      plan({ sale, version: other, paidAt: null, at: later() })
    }
  }

  /** Mailed once or more, before the tool tells of it, meanwhile, or after. */
  const copy = (sale: Sale, version: Version, at: number): void => {
    do {
      const mailedAt = Math.max(0, at + random.int(-20_000, weather.stormMs / 2))
      plan({ sale, version, paidAt: null, at: mailedAt, isCopy: true })
    } while (random.chance(0.3))
  }

  const isById = ({ sourceId }: Sale): boolean => {
    const { voidedById } = weather.tool
    return sourceId !== null && voidedById > 0 && random.chance(voidedById)
  }

  /**
   * Voided, final again, perhaps with other facts, and so on, seconds apart; each is told at once or late, and perhaps
   * told again.
   */
  const waver = (sale: Sale, first: Version, at: number): void => {
    let [version, voided] = [first, false]
    const turns = random.int(0, 4)
    for (let turn = 1, saidAt = at; turn <= turns; turn += 1) {
      saidAt += random.int(1000, 20_000)
      const { revised } = weather.tool
      if (revised > 0 && random.chance(revised)) {
        version = revisionOf(sale, version)
        sale.versions.push(version)
        voided &&= random.chance(0.5)
        if (sale.isCopied && random.chance(0.3)) copy(sale, version, saidAt)
      } else voided = !voided
      const byId = voided && isById(sale)
      do {
        const told = random.chance(0.5) ? saidAt : saidAt + random.int(0, weather.stormMs / 2)
        const paidAt = voided || random.chance(0.5) ? null : sale.paidAt
        plan({ sale, version, paidAt, at: told, saidAt, voided, isById: byId })
      } while (random.chance(0.3))
    }
  }

  /**
   * Of another amount, date or customer; or back to what it was before. Of a customer without a name or an address it
   * cannot be told that a mail means another one.
   */
  const revisionOf = ({ versions, isCopied, isByAddress }: Sale, version: Version): Version => {
    if (random.chance(0.2)) return random.pick(versions)
    return random.chance(0.3) && (isByAddress || !isCopied)
      ? { ...version, customerId: `cst_${random.int(1, 5)}` }
      : correctionOf(version)
  }

  /** The tool brings the same invoice under another number, once, and nothing more. */
  const renumber = (sale: Sale, at: number): void => {
    const { versions, number } = sale
    const alias: Sale = {
      ...sale,
      number: `${number}-B`,
      key: `${sale.key}-b`,
      versions: versions.slice(0, 1),
      paidAt: null,
      toldAt: null,
      alias: sale,
      words: []
    }
    sale.alias = alias
    sales.push(alias)
    const [version] = alias.versions
    if (version) plan({ sale: alias, version, paidAt: null, at: at + random.int(0, 20_000) })
  }

  return {
    sales,
    acknowledged,
    sell,
    told: () => new Map(sales.map(sale => [sale, [...sale.words]])),
    catchUp(told) {
      acknowledged.clear()
      world.outdated.clear()
      for (const sale of sales) sale.words = [...(told.get(sale) ?? [])]
      for (const event of events) {
        if (!event.acknowledged) continue
        event.acknowledged = false
        sendLater(event, 30_000)
      }
    },
    allAcknowledged: () => events.every(event => event.acknowledged),
    fetchPdf: (url, owner) =>
      new Promise((resolve, reject) => {
        const ms = storm.rages && random.chance(weather.pdfSlow) ? random.int(0, 10_000) : random.int(1, 200)
        scheduler.after(
          ms,
          () => {
            if (url.includes('not-a-pdf')) return reject(new BridgeError('PDF_NOT_A_PDF'))
            if (storm.rages && random.chance(weather.pdfFails)) return reject(new BridgeError('PDF_UNREACHABLE'))
            documents += 1
            resolve(`${url.split('/').at(-1)} ${documents}`)
          },
          owner
        )
      })
  }
}

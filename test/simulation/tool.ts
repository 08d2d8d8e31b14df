// The accounting tools: webhooks that come twice, late, out of order and corrected, repeated until they are
// acknowledged; and everything again after the bridge's ledger was rolled back, as catch-up asks for it.

import { BridgeError } from '../../src/core/errors.ts'
import { type Customer, formatAmount, nothingKnown } from '../../src/core/invoice.ts'
import type { Arrival, Draft } from '../../src/core/row.ts'
import type { Machine, Running } from './machine.ts'
import { toldOf } from './newcomers.ts'
import { keyOf, writings } from './number.ts'
import { epoch } from './portal.ts'
import { addressOf } from './portal-customers.ts'
import { addressToFind, dayBefore, mailbox, refOf, type Sale, toolOf, type Version } from './sales.ts'
import type { Owner } from './scheduler.ts'
import { isKnown, isVoided, voidedFor } from './words.ts'
import type { World } from './world.ts'

type Event = {
  sale: Sale
  version: Version
  paidAt: number | null
  /** The number as it is written this time. */
  written: string
  withDocument: boolean
  voided: boolean
  at: number
  /** When the tool said it first. */
  saidAt: number
  /** The mailbox brings it. */
  isCopy: boolean
  /** What a person had released when the bridge was first told; null: it was not told yet. */
  releasedBefore: Draft | undefined | null
  acknowledged: boolean
}

export interface Tools {
  sales: Sale[]
  /** Numbers whose event was answered 200 by a ledger that is still believed. */
  acknowledged: ReadonlySet<string>
  /** When the bridge asks what it missed. */
  catchUp: () => void
  allAcknowledged: () => boolean
  sell: (sale: Sale, at: number) => void
  /** For the bridge: a PDF from its address. */
  fetchPdf: (url: string, owner: Owner) => Promise<string>
}

// A sender that hears nothing for this long gives up, and sends again later.
const patienceMs = 10_000

const nameOf = (customer: number): string => `Customer ${customer}`

/** As a shop tells when its invoice was changed. */
const secondOf = (time: number): string => new Date(epoch + time).toISOString().slice(0, 19)

/** A shop's PDF is fetched. */
const mayBring = ({ sale, isCopy = false }: { sale: Sale; isCopy?: boolean }): boolean => isCopy || !sale.restores

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

  world.voidedFor = body => {
    const sale = sales.find(({ key }) => key === keyOf(body.invoiceNumber))
    return sale ? voidedFor(world, sale, body) : null
  }

  const arrivalOf = (event: Event): Arrival => {
    const { sale, version, paidAt, written, withDocument, voided, saidAt, isCopy } = event
    const { oddity, sourceId, restores } = sale
    const own = version.tool === toolOf(sale) ? sourceId : null
    const url = `https://pdf.example/${oddity === 'pdf' ? 'not-a-pdf' : 'pdf'}/${sale.key}`
    documents += 1
    return {
      tool: isCopy ? mailbox : version.tool,
      invoice: {
        invoiceNumber: written,
        sourceId: isCopy ? `mail ${sale.key}` : own,
        customer: isCopy ? addressedTo(version) : customerOf(sale, version),
        amountCents: version.amountCents,
        currency: oddity === 'currency' ? 'USD' : 'EUR',
        issuedAt: version.issuedAt,
        dueAt: null,
        paidAt,
        pdfUrl: withDocument ? null : url,
        ...(restores && own !== null && !isCopy ? { revision: secondOf(saidAt) } : {})
      },
      document: withDocument ? machine().disk.write(`${sale.key} ${documents}`) : null,
      notify: sale.notify,
      test: oddity === 'test',
      voided
    }
  }

  const customerOf = (sale: Sale, version: Version): Customer => {
    const { newcomer, isWhole, byAddress, oddity } = sale
    if (newcomer) return toldOf(newcomer, isWhole)
    return {
      ...nothingKnown,
      ref: refOf(sale),
      portalId: oddity === 'customer' || byAddress !== null ? null : version.customerId,
      emails: byAddress === null ? [] : [addressOf(byAddress)],
      name: byAddress === null ? null : nameOf(byAddress)
    }
  }

  /** As a mail tells of it: not by the tool's reference. */
  const addressedTo = ({ customerId }: Version): Customer => {
    const number = Number(customerId.slice('cst_'.length))
    return {
      ...nothingKnown,
      ref: `mailed ${number}`,
      portalId: null,
      emails: [addressOf(number)],
      name: nameOf(number)
    }
  }

  const sendLater = (event: Event, withinMs: number): void =>
    void scheduler.after(random.int(1, withinMs), () => send(event))

  const send = (event: Event): void => {
    if (event.acknowledged) return
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
      try {
        const { era } = world
        const toldAt = scheduler.now()
        event.sale.toldAt ??= toldAt
        if (event.releasedBefore === null) event.releasedBefore = world.released.get(event.sale.key)
        const result = await keep(event, target)
        if (era === world.era && result !== 'ignored') heed(event, toldAt)
        world.onKept()
        tell(() => `tool: ${event.written} ${event.version.amountCents} ${result}`)
        scheduler.after(
          random.int(1, 50),
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
    scheduler.after(random.int(1, 50), () => void deliver(), target.owner)
  }

  /** The tool's own word; not that of a copy, and not that of another tool, which means an invoice of its own. */
  const heed = ({ sale, version, voided, saidAt, isCopy, releasedBefore }: Event, toldAt: number): void => {
    const { words, key } = sale
    const wasTold = words.some(word => word.isVoid === voided && word.saidAt === saidAt)
    if (isCopy || version.tool !== toolOf(sale) || wasTold) return
    words.push({ isVoid: voided, saidAt, toldAt })
    const released = world.released.get(key)
    // While it is in doubt, the void is only taken back, and the word by which it was sent stays.
    const row = machine().disk.database().prepare('SELECT state FROM invoice WHERE key = ?').get(key)
    const isNews = voided && row?.state !== 'sending' && isVoided(sale) && !isKnown(world, sale, { saidAt })
    // Another tool's invoice may have the number.
    const isIts = released?.issuedAt === version.issuedAt && released.amount === formatAmount(version.amountCents)
    if (isNews && isIts && released === releasedBefore) world.outdated.set(key, released)
  }

  /**
   * A tool with its own ids for invoices brings them as its own; others send an arrival that says everything itself.
   */
  const keep = async (event: Event, { ledger, receive, receiveFromTool, clock }: Running): Promise<string> => {
    const { written, voided } = event
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
      // By its id it is remembered.
      return result === 'ignored' ? 'remembered' : result
    }
    // As in the generic intake: an invoice that is voided before the bridge knows it is ignored.
    return voided && !isKnown ? 'ignored' : receive(arrival, clock.now())
  }

  type Planned = Pick<Event, 'sale' | 'version' | 'paidAt' | 'at'> &
    Partial<Pick<Event, 'voided' | 'saidAt' | 'isCopy'>>

  const plan = (event: Planned): void => {
    const { number } = event.sale
    const planned: Event = {
      voided: false,
      saidAt: event.at,
      isCopy: false,
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
      plan({ sale, version, paidAt: null, at: Math.max(0, at - random.int(1, 5000)), voided: true })
    if (random.chance(tool.renumbered) && sale.sourceId !== null && sale.alias === null) renumber(sale, at)
    if (random.chance(tool.voided)) plan({ sale, version, paidAt: null, at: later(), voided: true })
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

  /** Voided, final again, and so on, seconds apart; each is told at once or late, and perhaps told again. */
  const waver = (sale: Sale, version: Version, at: number): void => {
    const turns = random.int(0, 4)
    for (let turn = 1, saidAt = at; turn <= turns; turn += 1) {
      saidAt += random.int(1000, 20_000)
      const voided = turn % 2 === 1
      do {
        const told = random.chance(0.5) ? saidAt : saidAt + random.int(0, weather.stormMs / 2)
        plan({ sale, version, paidAt: voided || random.chance(0.5) ? null : sale.paidAt, at: told, saidAt, voided })
      } while (random.chance(0.3))
    }
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
    catchUp() {
      acknowledged.clear()
      world.outdated.clear()
      for (const sale of sales) sale.words = []
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

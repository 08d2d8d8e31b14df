// Proves a set-up before it goes live: settings, ledger, token, clock, addresses. Changes nothing in the portal.

import { rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadTools, settingsOf, sourcesOf } from '../../plugins/registry.ts'
import { openTools } from '../bridge.ts'
import { type Config, misspelt, readConfig } from '../config.ts'
import { BridgeError, isCode } from '../core/errors.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import { fetchPdf } from '../delivery/pdf.ts'
import { asOwnerOf, nearest } from '../ledger/data-folder.ts'
import { openLedgerFor } from '../ledger/open-for.ts'
import { openSpool } from '../ledger/spool.ts'
import { isReachedFromOutside, openHttp } from '../network/http.ts'
import { createPortal, type Portal } from '../portal/client.ts'
import { createLocate, createToolApi } from '../tools/api.ts'
import type { OpenTool } from '../tools/client.ts'
import { bad, type Finding, type Found, good } from '../tools/finding.ts'
import { ledgerNames } from '../tools/senders.ts'
import type { Source } from '../tools/source.ts'
import { hasAddress } from '../tools/tool.ts'
import { sentenceIn } from '../words/sentences.ts'
import { type Language, words } from '../words/words.ts'
import { type Command, languageOf, type Terminal, warnOfMisspelt, warnOfOverridden } from './command.ts'

// Signatures may be five minutes off. Half of that leaves time enough to set a clock.
const clockOffMsMax = 150_000

// A few entries may lack a number. If this many in a row lack it, all do.
const unnumberedMin = 10
const toolTimeoutMs = 30_000
const freeBytesMin = 200_000_000
// A third of what the portal allows in a minute: a bridge may be running, too.
const customerPagesMax = 20

const options = { pdf: { type: 'string' }, json: { type: 'boolean' }, lang: { type: 'string' } } as const

export const run: Command = async (args, terminal) => {
  const { values } = parseArgs({ args, options })
  const language = languageOf(values.lang, terminal.env)
  warnOfOverridden(terminal)
  const tools = await loadTools()
  warnOfMisspelt(terminal, settingsOf(tools))
  const config = readConfig(terminal.env, settingsOf(tools))
  const on = openTools(config, tools)
  const findings = [
    { what: 'settings', ...checkSettings(config, misspelt(terminal.env, settingsOf(tools))) },
    ...checkSources(config, sourcesOf(tools)),
    ...checkSecondHand(on),
    { what: 'public address', ...checkAddress(config, on) },
    ...(await askTools(config, on, terminal)),
    await asOwnerOf(config.DATA_DIR, () => answered('ledger', () => checkLedger(config, terminal))),
    ...(await checkPortal(config, terminal)),
    await asOwnerOf(config.DATA_DIR, () => answered('PDF addresses', () => checkPdf(config, values.pdf)))
  ]
  if (values.json) terminal.print(JSON.stringify(findings, null, 2))
  else for (const finding of findings) terminal.print(lineOf(finding, language))
  return findings.every(({ ok }) => ok) ? 0 : 1
}

const lineOf = ({ ok, note, what, found }: Finding, language: Language): string => {
  const said = (text: string) => sentenceIn(language, text) ?? text
  const mark = words[language].status.found[ok ? (note ? 'note' : 'ok') : 'bad']
  // The name of a tool may come first.
  return `${mark.padEnd(4)}  ${said(what).replace(/(?<=^\S+ ).+/, said)}: ${said(found)}`
}

/** Whatever goes wrong is an answer too, so that the other questions are still asked. */
const answered = async (what: string, look: () => Promise<Found>): Promise<Finding> => {
  try {
    return { what, ...(await look()) }
  } catch (error) {
    return { what, ...bad(messageOf(error)) }
  }
}

/** A misspelt setting has no effect, so the default may apply by mistake. */
const checkSettings = ({ REVIEW }: Config, slips: ReturnType<typeof misspelt>): Found => {
  const mode = `mode: ${REVIEW ? 'review, nothing is sent by itself' : 'live'}`
  if (slips.length === 0) return good(`all are right; ${mode}`)
  const words = slips.map(({ name, meant }) => `${name} is not a setting; did you mean ${meant}?`)
  return { ...good([...words, mode].join(' ')), note: true }
}

const checkSources = (config: Config, sources: Source[]): Finding[] => {
  const on = sources.flatMap(source => {
    const settings = config.tools[source.name] ?? null
    return settings === null ? [] : ledgerNames(source, settings).map(name => ({ name, source }))
  })
  if (on.length === 0) return [{ what: 'tools', ...bad('none is set up; the generic intake needs INTAKE_SECRET') }]
  return on.map(({ name, source }) => ({
    what: `tool ${name}`,
    ...good(
      hasAddress(source)
        ? `on; its webhooks go to ${config.PUBLIC_URL}/webhooks/${source.name}`
        : 'on; the bridge asks it'
    )
  }))
}

/** With both on, most invoices come in twice: no harm if the facts are equal, and much to look at if they are not. */
const checkSecondHand = (on: OpenTool[]): Finding[] => {
  const { bringing = [], others = [] } = Object.groupBy(on, ({ tool }) => (tool.isSecondHand ? 'bringing' : 'others'))
  const names = others.map(({ tool }) => tool.name).join(', ')
  if (names === '') return []
  const found = `brings what ${names} may bring, too: equal facts are a duplicate, others are held`
  return bringing.map(({ tool }) => ({ what: `tool ${tool.name}`, ...good(found), note: true }))
}

/** Each tool that can be asked proves its own: token, webhook, an invoice and its PDF. */
const askTools = async (config: Config, on: OpenTool[], { clock }: Terminal): Promise<Finding[]> => {
  const http = openHttp({ allowPrivate: config.ALLOW_PRIVATE_ADDRESSES, timeoutMs: toolTimeoutMs })
  const [api, locate] = [createToolApi({ http, clock }), createLocate(http)]
  const asking = { timeZone: config.PORTAL_TIME_ZONE, clock, api, locate }
  const isReached = isReachedByTools(config)
  const findings: Finding[] = []
  try {
    for (const { tool, settings } of on) {
      const { name, check } = tool
      const canAsk = check !== undefined && tool.canAsk(settings)
      const missing = tool.missingSecret(settings)
      // A tool that checks its own webhook says what to do about a missing secret.
      if (missing && !(canAsk && isReached)) findings.push(missingSecret(name, missing, canAsk))
      if (!canAsk) continue
      const address = isReached && hasAddress(tool) ? `${config.PUBLIC_URL}/webhooks/${name}` : null
      try {
        const found = await check(address, { ...asking, settings })
        findings.push(...found.map(finding => ({ ...finding, what: `${name} ${finding.what}` })))
      } catch (error) {
        findings.push({ what: `tool ${name}`, ...bad(messageOf(error)) })
      }
    }
  } finally {
    http.close()
  }
  return findings
}

const missingSecret = (name: string, variable: string, canAsk: boolean): Finding => ({
  ok: false,
  what: `${name} webhook`,
  found: `${variable} is not set: set ${canAsk ? 'PUBLIC_URL' : 'its API token'}, then run \`factuurbrug connect ${name}\``
})

const isReachedByTools = ({ PUBLIC_URL }: Config): boolean => isReachedFromOutside(PUBLIC_URL)

const checkAddress = (config: Config, on: OpenTool[]): Found => {
  const { PUBLIC_URL } = config
  const { protocol, hostname } = new URL(PUBLIC_URL)
  const registering = on.flatMap(({ tool }) => (tool.connect ? tool.name : []))
  if (registering.length > 0 && !isReachedByTools(config)) {
    const advice = 'set PUBLIC_URL to the https address at which the internet reaches the bridge'
    return bad(`${registering.join(', ')} cannot reach ${PUBLIC_URL}: ${advice}`)
  }
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
    ? good(PUBLIC_URL)
    : bad('PUBLIC_URL is not https: secrets and invoices would travel in the clear')
}

const checkLedger = async (config: Config, { clock }: Terminal): Promise<Found> => {
  const { DATA_DIR, DATABASE_URL } = config
  try {
    const { ledger } = await openLedgerFor(config, clock)
    await ledger.close()
  } catch (error) {
    // If a bridge holds the ledger, it can be opened.
    if (!isCode(error, 'LEDGER_IN_USE')) return bad(messageOf(error))
  }
  const { bavail, bsize } = await statfs(nearest(DATA_DIR))
  const free = bavail * bsize
  const database = DATABASE_URL === undefined ? '' : `the database at ${URL.parse(DATABASE_URL)?.host} can be used; `
  const megabytes = `${Math.floor(free / 1_000_000)} MB free in ${DATA_DIR}`
  return free < freeBytesMin ? bad(`only ${megabytes}`) : good(database + megabytes)
}

const checkPortal = async (config: Config, { clock }: Terminal): Promise<Finding[]> => {
  let date: string | null = null
  let status: number | null = null
  const portal = createPortal({
    url: config.PORTAL_URL,
    token: config.PORTAL_TOKEN,
    timeoutMs: config.PORTAL_TIMEOUT_MS,
    timeZone: config.PORTAL_TIME_ZONE,
    clock,
    onAnswer: answer => {
      date = answer.dateHeader
      status = answer.status
    }
  })
  try {
    /** The portal's 403 does not say which scope is missing. */
    const look = async (what: string, scope: string, find: () => Promise<Found>): Promise<Finding> => {
      const finding = await answered(what, find)
      const isLacking = !finding.ok && status === 403
      return isLacking ? { ...finding, found: `${finding.found}: reading needs the scope ${scope}` } : finding
    }
    let first: InvoicesPage | null = null
    const token = await look('portal', 'invoices.read', async () => {
      first = await portal.invoicesPage(1)
      const count = `${first.items.length} invoices on its first page`
      return good(`${config.PORTAL_URL} takes the token, ${count}; read only: creating is not tried`)
    })
    const list = first ? await look('list', 'invoices.read', () => checkList(portal, first!)) : null
    const customers = token.ok ? [await look('customers', 'customers.read', () => checkCustomers(portal))] : []
    // A list that can be read needs no line of its own.
    const lists = list?.ok === false ? [list] : []
    return [token, ...lists, ...customers, { what: 'clock', ...checkClock(date, clock.now()) }]
  } finally {
    portal.close()
  }
}

type InvoicesPage = Awaited<ReturnType<Portal['invoicesPage']>>

/** A list that the bridge cannot read: it would deliver nothing. */
const checkList = async (portal: Portal, { items, more }: InvoicesPage): Promise<Found> => {
  if (items.length >= unnumberedMin && items.every(({ invoiceNumber }) => invoiceNumber === null))
    return bad('no invoice on its first page has a number: none could be found again')
  if (more && isAgain(items, (await portal.invoicesPage(2)).items)) return firstAgain
  return good('can be read')
}

const isAgain = (first: { id: string }[], second: { id: string }[]): boolean => {
  const seen = new Set(first.map(({ id }) => id))
  return second.length > 0 && second.every(({ id }) => seen.has(id))
}

const firstAgain = bad('its second page repeats the first: whatever comes after it could not be found')

/** The portal can link a customer to a bookkeeping, which may bring the same invoices. */
const checkCustomers = async (portal: Portal): Promise<Found> => {
  let read = 0
  let linked = 0
  let first: PortalCustomer[] = []
  let more = true
  for (let number = 1; more && number <= customerPagesMax; number += 1) {
    const page = await portal.customersPage(number)
    if (number === 1) first = page.items
    else if (isAgain(first, page.items)) return firstAgain
    read += page.items.length
    linked += page.items.filter(({ integration }) => integration !== null).length
    more = page.more
  }
  const all = more ? `the first ${read}` : String(read)
  if (linked === 0) return good(`the portal links none of ${all} to a bookkeeping program itself`)
  const advice = 'their invoices may come in twice: let only one of the two bring them'
  return { ...good(`the portal links ${linked} of ${all} to a bookkeeping program itself: ${advice}`), note: true }
}

const checkClock = (date: string | null, now: number): Found => {
  const portalNow = Date.parse(date ?? '')
  if (Number.isNaN(portalNow)) return good('the portal does not send its time, so it was not compared')
  const off = Math.round((now - portalNow) / 1000)
  const found = `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} the portal`
  return Math.abs(now - portalNow) <= clockOffMsMax ? good(found) : bad(`${found}; set the clock`)
}

const checkPdf = async (config: Config, url: string | undefined): Promise<Found> => {
  const rule = config.ALLOW_PRIVATE_ADDRESSES
    ? 'any address is fetched, private ones too (ALLOW_PRIVATE_ADDRESSES)'
    : 'only public https addresses are fetched'
  if (url === undefined) return good(`${rule}; try one with --pdf <url>`)
  const folder = join(config.DATA_DIR, 'check')
  const timeoutMs = config.PDF_TIMEOUT_MS
  const http = openHttp({ allowPrivate: config.ALLOW_PRIVATE_ADDRESSES, timeoutMs })
  try {
    const spool = openSpool(folder, { bytesMax: config.PDF_BYTES_MAX })
    const { bytes } = await fetchPdf(url, { http, spool, timeoutMs })
    return good(`${rule}; this one is a PDF of ${bytes} bytes`)
  } finally {
    http.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const messageOf = (error: unknown): string => {
  if (error instanceof BridgeError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

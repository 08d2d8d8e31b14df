// Outgoing HTTP: which addresses the bridge may ask, and the rules of every request. An address is checked inside the
// name lookup of the connection itself, so DNS cannot change its answer between the check and the connection.

import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import got, { type Got, type HandlerFunction, type Request, type RequestPromise } from 'got'

/** Asks DNS for all addresses of a host. */
export type Resolve = (host: string) => Promise<LookupAddress[]>

export type Rules = {
  /** Allows `http:` and private addresses: tests, intranets. */
  allowPrivate: boolean
  resolve?: Resolve | undefined
  /** Which addresses may be connected to. Follows from `allowPrivate` unless given. */
  allows?: ((address: string) => boolean) | undefined
}

type Headers = Record<string, string>

/** An answer whose body was not read yet. A caller that stops reading early destroys the body. */
export type Download = {
  status: number
  /** The host that answered, after redirects: fit for messages, unlike its address. */
  host: string
  headers: IncomingHttpHeaders
  body: Readable
}

export interface Http {
  /** For calls to a tool's API: no redirects, no retries, answers limited in time and size. */
  got: Got
  /**
   * Follows redirects, each checked like the first. Only the signal ends it, however long it takes. Rejects with
   * AddressRefused, or as got does.
   */
  download: (url: string, options: { headers?: Headers; signal: AbortSignal }) => Promise<Download>
  /**
   * For a client of another protocol: the address to connect to. Without TLS only a private one, and only if those are
   * allowed. Rejects with AddressRefused, or as DNS does.
   */
  locate: (host: string, isEncrypted: boolean) => Promise<string>
  /** Ends every connection, even one that is still draining an answer that nobody reads. */
  close: () => void
}

/** The address must not be asked. The message never carries more of it than its host. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
}

export const redirectsMax = 5

// A page of any tool's list is far smaller. Without a limit one answer could fill a small machine's memory.
const answerBytesMax = 16 * 1024 * 1024

const privateV4: [network: string, prefix: number][] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, where clouds serve a machine's credentials
  ['172.16.0.0', 12],
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays, withdrawn
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4] // reserved, and broadcast
]

/** The 32 bits after the prefix of a 6to4 address, which are an IPv4 address. */
const sixToFour = (network: string): string => {
  const [a, b, c, d] = network.split('.').map(Number) as [number, number, number, number]
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`
}

// IPv6 is listed the other way round: only global unicast, or an IPv4 address inside IPv6, may be public. So ::, ::1,
// fc00::/7 (with Fly's fdaa::/8), fe80::/10 and ff00::/8 need no line of their own.
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')
globalV6.addSubnet('64:ff9b::', 96, 'ipv6')
globalV6.addSubnet('::ffff:0:0', 96, 'ipv6')

const notPublic = new BlockList()
for (const [network, prefix] of privateV4) {
  notPublic.addSubnet(network, prefix) // ::ffff:a.b.c.d is matched against these by BlockList itself
  // On networks without IPv4 every public IPv4 host has a 64:ff9b:: address, judged by the IPv4 address inside.
  notPublic.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6')
  notPublic.addSubnet(sixToFour(network), 16 + prefix, 'ipv6')
}
notPublic.addSubnet('2001::', 23, 'ipv6') // protocol assignments; among them Teredo, which hides an IPv4 address
notPublic.addSubnet('2001:db8::', 32, 'ipv6') // documentation
notPublic.addSubnet('3fff::', 20, 'ipv6') // documentation

export const isPublic = (address: string): boolean => {
  const family = isIP(address)
  if (family === 0) return false
  if (family === 4) return !notPublic.check(address)
  return globalV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
}

const anyAddress = () => true
const allowed = ({ allowPrivate, allows = allowPrivate ? anyAddress : isPublic }: Rules) => allows

/** Judges what needs no DNS: scheme, password, and hosts that are addresses already, which no lookup sees. */
export const checkUrl = (address: string | URL, rules: Rules): URL => {
  const url = URL.parse(String(address))
  if (url === null) throw new AddressRefused('it is not an address')
  if (url.protocol !== 'https:' && !(rules.allowPrivate && url.protocol === 'http:'))
    throw new AddressRefused('it is not an https address')
  if (url.username !== '' || url.password !== '') throw new AddressRefused('the address carries a password')
  const host = bareHost(url) // decimal, octal and hexadecimal forms are dotted by now
  if (isIP(host) !== 0 && !allowed(rules)(host)) throw new AddressRefused(`${host} is a private address`)
  return url
}

/** Without the brackets of an IPv6 address. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

/** Whether a program that runs elsewhere, such as an accounting tool, can reach this address. */
export const isReachedFromOutside = (address: string): boolean => {
  const url = new URL(address)
  const host = bareHost(url)
  return url.protocol === 'https:' && host !== 'localhost' && (isIP(host) === 0 || isPublic(host))
}

/** This machine itself, as far as the name says. */
export const isLoopback = (url: URL): boolean => /^(localhost|127(\.\d+){3}|::1)$/.test(bareHost(url))

const resolveAll: Resolve = host => lookup(host, { all: true })

/**
 * The lookup of a connection: the socket connects to what it returns, without asking again. It leaves out private
 * addresses, and refuses only if no other is left. Refusing every mixed answer would gain nothing, because no private
 * address is ever connected to, and one stray record beside a good one would stop invoices.
 */
export const checkedLookup = (rules: Rules): LookupFunction => {
  const { resolve = resolveAll } = rules
  return (host, { all }, done) => {
    const answer = (found: LookupAddress[]) => {
      const [first, ...others] = found.filter(({ address }) => allowed(rules)(address))
      if (first !== undefined) return all ? done(null, [first, ...others]) : done(null, first.address, first.family)
      const nowhere = Object.assign(new Error('no address'), { code: 'ENOTFOUND' })
      done(found.length === 0 ? nowhere : new AddressRefused(`${host} is a private address`), [])
    }
    resolve(host).then(answer, error => done(error, []))
  }
}

export const openHttp = ({ timeoutMs, ...rules }: Rules & { timeoutMs: number }): Http => {
  // Agents of our own connect directly, whatever proxy the environment names for the global ones.
  const lookup = checkedLookup(rules)
  const agent = { http: new http.Agent({ lookup }), https: new https.Agent({ lookup }) }
  const checked = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    hooks: { beforeRequest: [options => void checkUrl(options.url as URL, rules)] }
  })
  return {
    got: checked.extend({ handlers: [limited], timeout: { request: timeoutMs } }),
    download: async (url, options) => download(checked, checkUrl(url, rules), { ...options, rules }),
    locate: (host, isEncrypted) => locate(host, isEncrypted, rules),
    close: () => {
      agent.http.destroy()
      agent.https.destroy()
    }
  }
}

const locate = async (host: string, isEncrypted: boolean, rules: Rules): Promise<string> => {
  if (!isEncrypted && !rules.allowPrivate) throw new AddressRefused('it is asked without TLS')
  const { resolve = resolveAll } = rules
  const found = isIP(host) === 0 ? (await resolve(host)).map(({ address }) => address) : [host]
  const address = found.filter(allowed(rules)).find(address => isEncrypted || !isPublic(address))
  if (address !== undefined) return address
  throw new AddressRefused(isEncrypted ? `${host} is a private address` : `${host} is asked without TLS`)
}

/** The reader of a stream limits it. A promise reads everything, so it is limited here. */
const limited: HandlerFunction = (options, next) => {
  if (options.isStream) return next(options)
  const stop = new AbortController()
  options.signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const answer = next(options)
  ;(answer as RequestPromise).on('downloadProgress', ({ transferred }) => {
    if (transferred > answerBytesMax) stop.abort()
  })
  return answer
}

type Ask = { headers?: Headers; signal: AbortSignal; rules: Rules }

const download = async (checked: Got, first: URL, { headers = {}, signal, rules }: Ask): Promise<Download> => {
  let url = first
  let own = headers
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const body = checked.stream(url, {
      headers: { 'accept-encoding': 'identity', ...own },
      decompress: false,
      throwHttpErrors: false,
      signal
    })
    const { status, headers: answered } = await answerOf(body)
    const next = redirectStatuses.has(status) ? answered.location : undefined
    if (next === undefined) return { status, host: url.host, headers: answered, body }
    body.destroy()
    url = checkUrl(resolveLocation(next, url), rules)
    // Any header can be a credential. Once another origin has chosen the address, none is sent, not even back home.
    if (url.origin !== first.origin) own = {}
  }
  throw new Error(`more than ${redirectsMax} redirects`)
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Node reads headers as Latin-1; servers that put a raw path into `location` mean UTF-8. */
const resolveLocation = (location: string, base: URL): string =>
  URL.parse(Buffer.from(location, 'latin1').toString(), base)?.href ?? ''

/**
 * The head of an answer. Call this in the turn that made the stream. Later errors reach the reader of the body, but
 * each needs a listener at all times, or it ends the process. Between head and body nothing reads yet, and a connection
 * that is reset while it writes fails twice, the second time after got has stopped listening.
 */
export const answerOf = async (stream: Request): Promise<{ status: number; headers: IncomingHttpHeaders }> => {
  stream.on('error', quiet)
  stream.on('request', request => request.on('error', quiet))
  const [response] = await once(stream, 'response')
  return { status: response.statusCode, headers: response.headers }
}

const quiet = () => {}

/** Our own refusal, if an error of got is one or wraps one. */
export const refusalIn = (error: unknown): AddressRefused | undefined => {
  if (error instanceof AddressRefused) return error
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : undefined
}

/** `retry-after`, if it is in seconds. A date would need the other side's clock. */
export const retryAfterMs = (headers: IncomingHttpHeaders): number | undefined =>
  /^\d{1,9}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) * 1000 : undefined

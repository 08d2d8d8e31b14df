// A mailbox, over IMAP. Only what is asked for is fetched, in pieces, so that a large mail costs no memory; nothing is
// ever deleted.

import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow'
import type { Instant } from '../../../src/core/clock.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { unreachable, unreached } from '../../../src/tools/api.ts'
import { type Part, type Parts, partsOf } from './parts.ts'
import { type Headers, headersIn, headersRead } from './proof.ts'
import type { Connection } from './settings.ts'
import { withToken } from './token.ts'

export type Mail = {
  uid: number
  /** The same until the mail leaves its folder. If it is moved back, it gets another one. */
  stay: string
  headers: Headers
  /** Null: the host gives no structure. */
  parts: Parts | null
  arrivedAt: Instant | null
}

export interface Mailbox {
  /** The names of all folders. */
  folders: () => Promise<string[]>
  /** Which of these folders are not there. */
  missing: (folders: string[]) => Promise<string[]>
  make: (folder: string) => Promise<void>
  /** Selects the folder for every later call. Resolves to its mails, oldest first; only from `since` on, if given. */
  open: (folder: string, since?: Instant) => Promise<number[]>
  /** Null: it is gone. */
  mail: (uid: number) => Promise<Mail | null>
  /** Whether it is still in the folder. */
  holds: (uid: number) => Promise<boolean>
  /** Ends early at `bytesMax`. */
  bytes: (uid: number, part: Part, bytesMax?: number) => AsyncIterable<Uint8Array>
  /** Whether a mail may leave the selected folder. */
  releases: () => boolean
  move: (uid: number, folder: string) => Promise<void>
  /** Whether it can still be asked after a failure. */
  isOpen: () => boolean
  /** Resolves when there is a mail in the folder. */
  arrival: (folder: string) => Promise<void>
  close: () => Promise<void>
}

/** In any case of its letters. */
const inbox = 'INBOX'

const connectMs = 30_000
const silentMs = 60_000

// Some hosts end a connection that listens for half an hour.
const idleMs = 9 * 60_000

// IMAP searches by day, in the host's time zone.
const dayMs = 24 * 3_600_000

// Each piece takes a round trip, and no more than one is in memory.
const pieceBytes = 256 * 1024

// For one answer: a piece, or the structure of a mail with thousands of parts.
const answerBytesMax = 16 * 1024 * 1024

export const openMailbox = (connection: Connection, stopped: AbortSignal): Promise<Mailbox> =>
  withToken(connection, token => logIn(connection, token, stopped))

const logIn = async (connection: Connection, token: string | undefined, stopped: AbortSignal): Promise<Mailbox> => {
  const url = new URL(connection.settings.EMAIL_URL ?? '')
  const client = await connect(connection, token, url)
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => {}) // in case nothing awaits it
  const stop = () => {
    ended.reject(stopped.reason)
    client.close()
  }
  stopped.addEventListener('abort', stop)
  /** Reports every failure as the host's, with no more than a code; `refusal` says what a refusal means. */
  const ask = async <T>(question: () => Promise<T>, refusal?: string): Promise<T> => {
    try {
      stopped.throwIfAborted()
      return await Promise.race([question(), ended.promise])
    } catch (error) {
      stopped.throwIfAborted()
      throw translated(error, url.host, refusal)
    }
  }
  const close = async () => {
    stopped.removeEventListener('abort', stop)
    if (stopped.aborted) client.close()
    else await client.logout().catch(() => client.close())
  }
  try {
    await ask(() => client.connect())
  } catch (error) {
    client.close()
    throw error
  }

  async function* bytes(uid: number, { part }: Part, maxBytes = Number.POSITIVE_INFINITY) {
    const options = { uid: true, chunkSize: pieceBytes, maxBytes, decodeText: false }
    const { content } = await ask(() => client.download(String(uid), part, options))
    try {
      // An empty part has no content.
      if (content) yield* content as AsyncIterable<Uint8Array>
    } catch (error) {
      stopped.throwIfAborted()
      if (client.usable) await mustBeWhole(uid, maxBytes)
      throw translated(error, url.host)
    }
    await mustBeWhole(uid, maxBytes)
  }

  /** Of a mail that goes away meanwhile, some hosts hand out a part that ends too soon. In XML, that shows. */
  const mustBeWhole = async (uid: number, maxBytes: number) => {
    if (maxBytes === Number.POSITIVE_INFINITY && !(await holds(uid))) throw new BridgeError('PDF_NOT_A_PDF')
  }

  const search = async (asked: SearchObject) => {
    const found = await ask(() => client.search({ ...asked, deleted: false }, { uid: true }))
    if (!found) throw unreachable(`${url.host} ${client.usable ? 'does not search a folder' : 'ends the connection'}`)
    return found
  }

  /** Those that can hold mails. The inbox always exists, but some hosts list only what is below it. */
  const folders = async () => {
    const listed = (await ask(() => client.list({ listOnly: true }))).filter(({ flags }) => !flags.has('\\Noselect'))
    return [...new Set([inbox, ...listed.map(({ path }) => path)])]
  }

  const holds = async (uid: number) => (await search({ uid: String(uid) })).length > 0

  /** Uids mean nothing without it. */
  let opened = ''
  const open = async (folder: string, since?: Instant) => {
    const name = folder === connection.settings.EMAIL_FOLDER ? 'EMAIL_FOLDER' : folder
    const { uidValidity } = await ask(() => client.mailboxOpen(folder), `does not open ${name}`)
    opened = `${folder} ${uidValidity}`
    const found = await search(since === undefined ? {} : { since: new Date(since - dayMs) })
    return found.toSorted((a, b) => a - b)
  }

  /** Whoever may not mark a mail as deleted may not move it, either (RFC 4314, RFC 6851). */
  const releases = () => {
    if (!client.mailbox || client.mailbox.readOnly) return false
    return client.mailbox.permanentFlags?.has('\\Deleted') ?? true
  }

  const onlyRead = () => unreachable(`${url.host} lets EMAIL_USER only read EMAIL_FOLDER, and move nothing`)

  return {
    folders,
    async missing(wanted) {
      const known = await folders()
      // Some hosts keep all folders below the inbox.
      const above = client.namespace?.prefix ?? ''
      const isKnown = (folder: string) => known.includes(folder) || known.includes(`${above}${folder}`)
      return wanted.filter(folder => folder.toUpperCase() !== inbox && !isKnown(folder))
    },
    async make(folder) {
      await ask(() => client.mailboxCreate(folder), `does not make the folder ${folder}`)
    },
    open,
    async mail(uid) {
      const fetch = (bodyStructure: boolean) => {
        const asked = { uid: true, internalDate: true, headers: headersRead, bodyStructure }
        return ask(() => client.fetchOne(String(uid), asked, { uid: true }))
      }
      // A structure that is too deep, or too large, gets no answer at all.
      const found = (await fetch(true)) || (await fetch(false))
      if (found) return mailOf(found, opened)
      if (await holds(uid)) throw unreachable(`${url.host} returns nothing for a mail`)
      return null
    },
    holds,
    bytes,
    releases,
    async move(uid, folder) {
      const one = String(uid)
      if (client.capabilities.has('MOVE')) await ask(() => client.messageMove(one, folder, { uid: true }))
      // Otherwise each reading would leave another copy.
      else if (!releases()) throw onlyRead()
      else if (await ask(() => client.messageCopy(one, folder, { uid: true })))
        // A mail that is only marked as deleted is out of sight, but still there.
        await ask(() => client.messageFlagsAdd(one, ['\\Deleted'], { uid: true }))
      // Whatever the host answered: a mail that is still there would be read again at once.
      if (!(await holds(uid))) return
      throw releases()
        ? unreachable(`${url.host} does not move a mail to ${folder}; is there no room left?`)
        : onlyRead()
    },
    isOpen: () => client.usable,
    async arrival(folder) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      promise.catch(() => {}) // in case nothing awaits it any more
      client.once('exists', () => resolve())
      client.once('close', () => reject(unreachable(`${url.host} ends the connection`)))
      if ((await open(folder)).length > 0) return
      client.idle().catch(reject)
      await ask(() => promise)
    },
    close
  }
}

const connect = async (
  { settings, locate }: Connection,
  accessToken: string | undefined,
  url: URL
): Promise<ImapFlow> => {
  const isEncrypted = url.protocol === 'imaps:'
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const host = await locate(name, isEncrypted)
  // A bridge without a mailbox spends no memory on this.
  const { ImapFlow } = await import('imapflow')
  const { EMAIL_USER: user = '', EMAIL_PASSWORD: pass } = settings
  const client = new ImapFlow({
    host,
    port: url.port === '' ? (isEncrypted ? 993 : 143) : Number(url.port),
    secure: isEncrypted,
    ...(host === name ? {} : { servername: name }),
    auth: accessToken === undefined ? { user, pass } : { user, accessToken },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silentMs,
    maxIdleTime: idleMs,
    maxLiteralSize: answerBytesMax,
    maxLineLength: answerBytesMax
  })
  // Each call reports its own failure.
  client.on('error', () => {})
  return client
}

const translated = (error: unknown, host: string, refusal?: string): unknown => {
  if (error instanceof BridgeError) return error
  const { authenticationFailed, responseStatus, serverResponseCode = '' } = error as ImapError
  if (authenticationFailed && !passing.includes(serverResponseCode))
    return new BridgeError('TOOL_UNAUTHORIZED', `${host} refuses EMAIL_USER with its password or token`)
  if (responseStatus) {
    const said = `${responseStatus} ${serverResponseCode}`.trim()
    return unreachable(refusal === undefined ? `${host} answered ${said}` : `${host} ${refusal}: ${said}`)
  }
  return unreached(host, error)
}

type ImapError = {
  authenticationFailed?: boolean
  responseStatus?: string
  serverResponseCode?: string
}

// Why a host may refuse a correct login.
const passing = ['UNAVAILABLE', 'LIMIT', 'INUSE']

const mailOf = ({ uid, headers, bodyStructure, internalDate }: FetchMessageObject, folder: string): Mail => {
  const arrivedAt = internalDate === undefined ? Number.NaN : new Date(internalDate).getTime()
  return {
    uid,
    stay: `${folder} ${uid}`,
    headers: headersIn(headers ?? Buffer.alloc(0)),
    parts: bodyStructure ? partsOf(bodyStructure) : null,
    arrivedAt: Number.isNaN(arrivedAt) ? null : arrivedAt
  }
}

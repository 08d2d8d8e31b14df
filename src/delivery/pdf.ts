// Fetches an invoice's PDF into the spool. Anybody who knows its address can read the invoice, so messages name only
// the host.

import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { BridgeError } from '../core/errors.ts'
import type { Document } from '../core/row.ts'
import type { Spool } from '../ledger/spool.ts'
import { type Download, type Http, refusalIn, retryAfterMs } from '../network/http.ts'

export type Fetch = {
  http: Pick<Http, 'download'>
  spool: Pick<Spool, 'keep'>
  /** For the whole download, including redirects. */
  timeoutMs: number
  /** The spool's limit. With it, a file that announces its size is refused before a byte is read. */
  bytesMax?: number
  /** Credentials of a tool. They go to the first origin only. */
  headers?: Record<string, string>
  /** JSON is a failure of the tool, not a PDF that is wrong. */
  failsAsJson?: boolean | undefined
}

/** Rejects with PDF_ADDRESS_REFUSED, PDF_UNREACHABLE, or as the spool does. */
export const fetchPdf = async (
  url: string,
  { http, spool, timeoutMs, bytesMax, headers = {}, failsAsJson = false }: Fetch
): Promise<Document> => {
  const signal = AbortSignal.timeout(timeoutMs)
  const download = await http.download(url, { headers, signal }).catch(translated(hostOf(url)))
  try {
    refuse(download, { bytesMax, failsAsJson })
    return await spool.keep(isMeasured(download) ? bytesOf(download) : whole(download))
  } finally {
    // Nothing reads the rest of a body that was refused, or that went wrong half way.
    download.body.destroy()
  }
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'the address'

// Some stores answer this until the file is there. After an hour the address must be wrong, which only a person can
// mend.
const refusing: ReadonlySet<number> = new Set([401, 403, 404, 410])
const refusedForMs = 3_600_000

type Refusing = { bytesMax: number | undefined; failsAsJson: boolean }

const refuse = (
  { status, host, headers }: Download,
  { bytesMax = Number.POSITIVE_INFINITY, failsAsJson }: Refusing
) => {
  if (refusing.has(status))
    throw unreachable(`${host} answered ${status}: look at the address`, {
      wait: retryAfterMs(headers),
      tryForMs: refusedForMs
    })
  if (status !== 200) throw unreachable(`${host} answered ${status}`, { wait: retryAfterMs(headers) })
  if (failsAsJson && /^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? ''))
    throw unreachable(`${host} answered with JSON instead of the PDF`, { tryForMs: refusedForMs })
  const encoding = encodingOf(headers)
  if (encoding !== 'identity' && encoding !== 'gzip') throw unreachable(`${host} sent an encoding nobody asked for`)
  if (Number(headers['content-length']) > bytesMax)
    throw new BridgeError('PDF_TOO_LARGE', `the PDF is larger than ${bytesMax} bytes`)
}

const encodingOf = (headers: Download['headers']): string =>
  headers['content-encoding']?.trim().toLowerCase() || 'identity'

/**
 * Some stores answer gzip although the bridge did not ask for it. It is unpacked, and the limit holds for what comes
 * out. Only what goes wrong on the way here is translated, because the spool names its own failures.
 */
async function* bytesOf({ host, headers, body }: Download): AsyncGenerator<Uint8Array> {
  try {
    if (encodingOf(headers) === 'identity') yield* body
    else yield* pipeline(body, createGunzip(), () => {}) // the callback's error also ends the iteration
  } catch (error) {
    translated(host)(error)
  }
}

// Where readers look for the end of a PDF.
const endBytes = 1024
const ending = '%%EOF'

/** Whether it shows if the answer breaks off: by its length, its last chunk, or the end of its gzip. */
const isMeasured = ({ headers }: Download): boolean =>
  headers['content-length'] !== undefined ||
  headers['transfer-encoding'] !== undefined ||
  encodingOf(headers) !== 'identity'

/**
 * Otherwise an answer ends with its connection, and one that breaks off looks complete. Then the PDF itself has to say
 * that it ended. What is no PDF is left to the spool.
 */
async function* whole(download: Download): AsyncGenerator<Uint8Array> {
  let end: Buffer = Buffer.alloc(0)
  let isPdf = false
  for await (const chunk of bytesOf(download)) {
    yield chunk
    const seen = Buffer.concat([end, chunk])
    isPdf ||= seen.includes('%PDF-')
    end = seen.subarray(-endBytes)
  }
  if (isPdf && !end.includes(ending))
    throw unreachable(`${download.host} broke off before the end of the PDF`, { tryForMs: refusedForMs })
}

const translated = (host: string) => (error: unknown) => {
  const refusal = refusalIn(error)
  if (refusal) throw new BridgeError('PDF_ADDRESS_REFUSED', refusal.message)
  // An error of got holds the whole address; the error that it wraps does not.
  const { code, message, cause } = error as NodeJS.ErrnoException
  throw unreachable(`${host} could not be read: ${code ?? message}`, { cause })
}

type Failure = { cause?: unknown; wait?: number | undefined; tryForMs?: number }

const unreachable = (message: string, { cause, wait, tryForMs }: Failure = {}) =>
  new BridgeError('PDF_UNREACHABLE', message, {
    cause,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(tryForMs === undefined ? {} : { tryForMs })
  })

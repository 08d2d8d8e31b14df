// The generic intake, for any sender that can post a final invoice. A body is proven, read and written in one pass, so
// a whole PDF is never in memory. docs/senders.md has the fields.

import multipart from '@fastify/multipart'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { BridgeError, isCode } from '../../src/core/errors.ts'
import { parseInvoiceNumber } from '../../src/core/invoice.ts'
import type { Document } from '../../src/core/row.ts'
import type { DraftingSpool, PdfDraft } from '../../src/ledger/spool.ts'
import { ledgerName } from '../../src/tools/senders.ts'
import type { About } from '../../src/tools/source.ts'
import type { NotedRequest } from '../../src/tools/unreadable-requests.ts'
import { openRequestBody } from '../bodies/body.ts'
import type { Wait } from '../bodies/patience.ts'
import { openPlaces } from '../bodies/places.ts'
import type { Hosted } from '../bodies/strangers.ts'
import { type AddressOptions, isTest, leaveBodiesUnread } from '../webhook.ts'
import { type BodyFields, openBodyFields } from './body-fields.ts'
import { type Content, contentOf } from './content.ts'
import { names, openFields } from './fields.ts'
import { openProof, type Proof } from './proof.ts'
import { signedSample } from './sample.ts'
import { keysOf, type Settings, secretOf, sendersOf, settings } from './senders.ts'

export type IntakeOptions = AddressOptions<Settings> & {
  spool: Pick<DraftingSpool, 'draft' | 'remove' | 'unanswered'>
  /** Whether the portal mails the customer, when the sender does not say. */
  sendNotification: boolean
  pdfBytesMax: number
  /** Called when an authentic request is refused for good. */
  noteUnreadable: (error: BridgeError, refused: Refused, request: FastifyRequest) => void
}

/** An authentic request that is refused, with its number if that much can be read. */
export type Refused = NotedRequest & { invoiceNumber: string | null }

export const intake = {
  name: 'invoices',
  settings,
  missingSecret: () => null,
  senders: sendersOf,
  sample: (given: Settings, { sender, ...about }: About) => signedSample(about, secretOf(given, sender))
}

// Times PDF_BYTES_MAX, this is the disk space for unfinished uploads of senders that are proven by their headers.
const placesOptions = { places: 16, waitingMax: 256 }

// What a problem can be about; `body` is the whole.
const fields = [...names, 'body']

type Admission = {
  proof: Proof
  content: Content
  /** The sender, once it is proven. */
  by: string | null
  /** What the body says so far. */
  reading: BodyFields | null
}

/** What an authentic body said, and its sender; the PDF is not synced yet. */
type Said = { reading: BodyFields; draft: PdfDraft | null; by: string }

const plugin: FastifyPluginAsync<IntakeOptions> = async (app, options) => {
  const { receiver, spool, clock, pdfBytesMax, strangers, believed, noteUnreadable } = options
  const keys = options.settings === null ? [] : keysOf(options.settings)
  const prove = options.settings && openProof(keys.map(({ secret }) => secret))
  /** The sender's name in the ledger, by the secret that it used. */
  const nameOf = (which: number): string => {
    const sender = keys[which]?.sender ?? null
    return options.settings === null || sender === null
      ? intake.name
      : ledgerName(intake.name, sendersOf(options.settings), sender)
  }
  /** A request that should be sent again unchanged was not refused; nor was one whose connection ended. */
  const noteRefusal = (
    error: unknown,
    request: FastifyRequest,
    { by, reading }: Pick<Admission, 'by' | 'reading'>
  ): void => {
    if (by === null || !(error instanceof BridgeError) || error.statusCode >= 500) return
    if (request.raw.socket.destroyed) return
    noteUnreadable(error, { by, isTest: isTest(request), fields, invoiceNumber: numberIn(reading) }, request)
  }
  const judge = openFields(options)
  // A signature proves a body only after its last byte. Senders that are proven by their headers have places of their
  // own, so that they never wait behind strangers who pretend to sign.
  const places = openPlaces(placesOptions)

  leaveBodiesUnread(app, options)
  await app.register(multipart)
  app.decorateRequest('admission')

  app.addHook('onRequest', async request => {
    if (!prove) throw new BridgeError('TOOL_NOT_SET_UP')
    const proof = prove(request.headers, clock.now())
    const by = proof.proven ? nameOf(proof.verify()) : null
    try {
      const content = contentOf(request.headers, pdfBytesMax)
      request.setDecorator<Admission>('admission', { proof, content, by, reading: null })
    } catch (error) {
      noteRefusal(error, request, { by, reading: null })
      throw error
    }
  })

  /** Reads the body to its end, and returns what it said only once it is proven. */
  const read = async (request: FastifyRequest, hosted: Hosted | null): Promise<Said> => {
    const admission = request.getDecorator<Admission>('admission')
    const { proof, content } = admission
    let draft: PdfDraft | null = null
    const keepPdf = async (pdf: AsyncIterable<Uint8Array>): Promise<Document> => {
      draft = hosted ? await spool.draft(counted(pdf, hosted)) : await places.pass(() => spool.draft(pdf))
      return draft.document
    }
    const reading = openBodyFields(keepPdf, pdfBytesMax)
    admission.reading = reading
    try {
      const proven = (which: number) => {
        admission.by = nameOf(which)
        believed(request)
      }
      const unread = { proof, content, reading, wait: hosted?.wait ?? strangers.patience(), proven }
      const by = nameOf(await readProven(request, unread))
      return { reading, draft, by }
    } catch (error) {
      await (draft as PdfDraft | null)?.drop()
      throw error
    }
  }

  const keep = async (request: FastifyRequest, { reading, draft, by }: Said) => {
    let asked = false
    let document: Document | null = null
    try {
      const { invoice, notify } = judge(reading)
      // No request waits for the disk until it is proven and understood, and no row names a PDF that is not on disk.
      document = draft && (await draft.keep())
      const test = isTest(request)
      asked = true
      const result = await receiver.receive({ tool: by, invoice, document, notify, test }, clock.now())
      return { result }
    } catch (error) {
      await draft?.drop()
      // Once asked, the ledger may name the document.
      if (document && !asked) await spool.remove(document)
      else if (document && isCode(error, 'LEDGER_UNAVAILABLE')) await spool.unanswered(document)
      throw error
    }
  }

  app.post('/invoices', async request => {
    const admission = request.getDecorator<Admission>('admission')
    try {
      const said = admission.proof.proven
        ? await read(request, null)
        : await strangers.host(request, hosted => read(request, hosted))
      return await keep(request, said)
    } catch (error) {
      noteRefusal(error, request, admission)
      throw error
    }
  })
}

export default plugin

type Unread = Omit<Admission, 'by' | 'reading'> & { reading: BodyFields; wait: Wait; proven: (which: number) => void }

/** Only a proven sender is told what is wrong with its body. Returns which secret proved it. */
const readProven = async (
  request: FastifyRequest,
  { proof, content, reading, wait, proven }: Unread
): Promise<number> => {
  const body = openRequestBody(request.raw, { bytesMax: content.bytesMax, seen: proof.update, wait })
  const [outcome] = await Promise.allSettled([content.read(body, reading, request)])
  await body.drain()
  const which = proof.verify()
  proven(which)
  if (outcome.status === 'rejected') throw outcome.reason
  return which
}

/** Only a valid number: anything else in its place is the sender's own words. */
const numberIn = (reading: BodyFields | null): string | null => {
  const given = reading?.values.get('invoiceNumber')
  return typeof given === 'string' ? (parseInvoiceNumber(given) ?? null) : null
}

async function* counted(source: AsyncIterable<Uint8Array>, { onDisk }: Hosted) {
  for await (const chunk of source) {
    onDisk(chunk.length)
    yield chunk
  }
}
